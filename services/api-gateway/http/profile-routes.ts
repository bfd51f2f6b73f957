import { updateProfileBody, userSchema } from '../../contracts/http/auth-api.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';
import type { Accounts } from '../clients/accounts.ts';
import { forwardingOf } from './forwarding.ts';

const tags = ['accounts'];

/** The caller's own profile. */
export const addProfileRoutes = (http: HttpServer, accounts: Accounts): void => {
  http.get(
    '/me',
    { config: { access: 'customer' }, schema: { tags, summary: 'The own profile', response: { 200: userSchema } } },
    async (request) => accounts.profile(forwardingOf(request)),
  );

  http.patch(
    '/me',
    {
      config: { access: 'customer' },
      schema: {
        tags,
        summary: 'Change the own name or password',
        description: 'A new password ends all other sessions.',
        body: updateProfileBody,
        response: { 200: userSchema },
      },
    },
    async (request) => accounts.updateProfile(request.body, forwardingOf(request)),
  );
};
