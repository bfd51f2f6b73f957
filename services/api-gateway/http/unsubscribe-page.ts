import { z } from 'zod';
import { linkTokenSchema } from '../../contracts/http/accounts/auth-api.ts';
import { mailDoors } from '../../contracts/http/accounts/mail-doors.ts';
import { apiPrefix } from '../../contracts/http/api-prefix.ts';
import type { HttpServer } from '../../kit/http/http-server.ts';

const askedFor = z.object({ token: linkTokenSchema });

/**
 * Leads people whose mail program opens the address of the List-Unsubscribe header instead of posting to it (RFC 8058, section 3.2) to the
 * page that asks them. The token moves into the fragment, which browsers keep to themselves; a look alone changes nothing.
 */
export const addUnsubscribePage = (http: HttpServer): void => {
  http.get(
    `${apiPrefix}${mailDoors.stopReminders.path}`,
    { config: { access: 'public' }, schema: { hide: true } },
    async ({ query }, reply) => {
      const { data } = askedFor.safeParse(query);
      const page = data === undefined ? '/unsubscribe' : `/unsubscribe#${data.token}`;
      return reply
        .code(303)
        .header('location', page)
        .type('text/plain; charset=utf-8')
        .send('The shop asks at /unsubscribe.\n');
    },
  );
};
