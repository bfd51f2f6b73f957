/** What a link in a mail does on its own, without its reader signing in. */
import { z } from 'zod';
import type { Doors } from '../door.ts';
import { linkTokenSchema } from './auth-api.ts';

export const mailDoors = {
  stopReminders: {
    access: 'public',
    tags: ['accounts'],
    method: 'POST',
    path: '/mails/unsubscribe',
    summary: 'Stop reminders of carts by the link of one of them',
    description:
      'What mail programs post to by the one-click unsubscription of RFC 8058, so a form as a body is taken and not read. Asking again changes nothing.',
    limit: 'attempts',
    query: z.strictObject({ token: linkTokenSchema }),
    answers: { 204: z.null() },
    errors: ['auth.link-invalid'],
    rpc: { method: 'stopReminders' },
  },
} as const satisfies Doors;
