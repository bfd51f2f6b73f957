import * as z from 'zod';
import { loginBody, logoutBody, refreshBody, registerBody, tokensSchema } from '../../contracts/http/auth-api.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Accounts } from '../clients/accounts.ts';
import type { Sessions } from '../clients/sessions.ts';
import { forwardingOf } from './forwarding.ts';

const tags = ['accounts'];

export type AuthRoutes = {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** Log-in, registration and refresh attempts a minute from one address, all counted together. */
  readonly attemptsPerMinute: number;
};

/** Sign up, sign in, stay signed in, sign out. */
export const addAuthRoutes = (http: HttpServer, { accounts, sessions, attemptsPerMinute }: AuthRoutes): void => {
  // One limiter for all attempts instead of the general one: guessing must not be three times as fast over three routes.
  const limitAttempts = http.rateLimit({
    max: attemptsPerMinute,
    timeWindow: 60_000,
    keyGenerator: ({ ip }) => `attempt:${ip}`,
  });
  const attempt = { config: { access: 'public' as const, rateLimit: false as const }, preValidation: limitAttempts };

  http.post(
    '/auth/register',
    { ...attempt, schema: { tags, summary: 'Make an account', body: registerBody, response: { 201: tokensSchema } } },
    async (request, reply) => reply.code(201).send(await accounts.register(request.body)),
  );

  http.post(
    '/auth/login',
    { ...attempt, schema: { tags, summary: 'Sign in', body: loginBody, response: { 200: tokensSchema } } },
    async (request) => accounts.logIn(request.body),
  );

  http.post(
    '/auth/refresh',
    {
      ...attempt,
      schema: { tags, summary: 'Stay signed in', body: refreshBody, response: { 200: tokensSchema } },
    },
    async (request) => accounts.refresh(request.body.refreshToken),
  );

  http.post(
    '/auth/logout',
    {
      config: { access: 'public' },
      schema: {
        tags,
        summary: 'Sign out',
        description: 'Ends the session of the access token, and that of the refresh token if one is given.',
        body: logoutBody,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { caller } = request;
      const refreshToken = request.body?.refreshToken;
      if (caller.kind !== 'customer' && refreshToken === undefined)
        throw new Refusal(
          'unauthenticated',
          'token.missing',
          'Send the access token or the refresh token of the session to end.',
        );
      await accounts.logOut(refreshToken, forwardingOf(request));
      if (caller.kind === 'customer') sessions.forget(caller);
      return reply.code(204).send(null);
    },
  );
};
