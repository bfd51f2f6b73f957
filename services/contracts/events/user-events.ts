/** What happened to an account; no password, token or address ever stands in an event. */
import { z } from 'zod';
import { userIdSchema } from '../http/values.ts';
import { cloudEventSchema } from './cloud-event.ts';

const userEvent = <Type extends string, Details extends z.ZodRawShape>(type: Type, details: Details) =>
  cloudEventSchema(type, z.object({ userId: userIdSchema, ...details }));

export const userRegisteredV1 = userEvent('user.registered.v1', { roles: z.array(z.string()) });
export const userProfileChangedV1 = userEvent('user.profile-changed.v1', {
  changed: z.array(z.enum(['name', 'password'])),
});
export const userSessionsRevokedV1 = userEvent('user.sessions-revoked.v1', {
  reason: z.enum(['logout', 'password-changed', 'refresh-token-reused', 'staff']),
});

export const userEventSchema = z.discriminatedUnion('type', [
  userRegisteredV1,
  userProfileChangedV1,
  userSessionsRevokedV1,
]);
export type UserEvent = z.output<typeof userEventSchema>;
