/** Accounts and sessions: sign up, sign in, stay signed in, sign out, and the own profile. */
import { z } from 'zod';
import {
  loginBody,
  logoutBody,
  refreshBody,
  registerBody,
  tokensSchema,
  updateProfileBody,
  userSchema,
} from './auth-api.ts';
import type { Doors } from './door.ts';

const open = { access: 'public', tags: ['accounts'], method: 'POST' } as const;
// Attempts are counted together: guessing must not be twice as fast over two doors.
const attempt = { ...open, limit: 'attempts' } as const;
const own = { access: 'customer', tags: ['accounts'], path: '/me', answers: { 200: userSchema } } as const;

export const accountDoors = {
  register: {
    ...attempt,
    path: '/auth/register',
    summary: 'Make an account',
    body: registerBody,
    answers: { 201: tokensSchema },
    errors: ['user.email-taken', 'user.password-too-common'],
    rpc: { method: 'register', answer: 'tokens' },
  },
  logIn: {
    ...attempt,
    path: '/auth/login',
    summary: 'Sign in',
    body: loginBody,
    answers: { 200: tokensSchema },
    rpc: { method: 'authenticate', answer: 'tokens' },
  },
  // Not among the attempts: nobody guesses 256 bits, and who stays signed in must not take log-ins from his own network.
  refresh: {
    ...open,
    path: '/auth/refresh',
    summary: 'Stay signed in',
    body: refreshBody,
    answers: { 200: tokensSchema },
    rpc: { method: 'refresh', answer: 'tokens' },
  },
  logOut: {
    ...open,
    path: '/auth/logout',
    summary: 'Sign out',
    description: 'Ends the session of the access token, and that of the refresh token if one is given.',
    body: logoutBody,
    answers: { 204: z.null() },
    rpc: { method: 'logout' },
  },
  profile: { ...own, method: 'GET', summary: 'The own profile', rpc: { method: 'getProfile', answer: 'user' } },
  updateProfile: {
    ...own,
    method: 'PATCH',
    summary: 'Change the own name or password',
    description: 'A new password ends all other sessions.',
    body: updateProfileBody,
    errors: ['user.wrong-password', 'user.password-too-common'],
    rpc: { method: 'updateProfile', answer: 'user' },
  },
} as const satisfies Doors;
