/** What happened to an account; no password, token or address ever stands in an event that others than the mail function can read. */
import { z } from 'zod';
import { userIdSchema } from '../http/values.ts';
import { cloudEventSchema } from './cloud-event.ts';

const userEvent = <Type extends string, Details extends z.ZodRawShape>(type: Type, details: Details) =>
  cloudEventSchema(type, z.object({ userId: userIdSchema, ...details }));

export const userRegisteredV1 = userEvent('user.registered.v1', { roles: z.array(z.string()) });
export const userProfileChangedV1 = userEvent('user.profile-changed.v1', {
  changed: z.array(z.enum(['name', 'password', 'roles'])),
});
export const userSessionsRevokedV1 = userEvent('user.sessions-revoked.v1', {
  reason: z.enum(['logout', 'password-changed', 'refresh-token-reused', 'staff', 'logout-everywhere']),
});

/** Mails about an account. */
export const accountMails = ['verify-address', 'reset-password', 'password-changed', 'account-deleted'] as const;

/**
 * A mail is to be sent. `letter` holds the recipient and the token of a link, sealed for the mail function alone (services/kit/auth/sealed-letter.ts);
 * after `usefulUntil` nobody needs the mail any more.
 */
export const userMailRequestedV1 = userEvent('user.mail-requested.v1', {
  mail: z.enum(accountMails),
  /** Whether the address was proved before. */
  isProved: z.boolean(),
  letter: z
    .string()
    .regex(/^[\w-]+$/)
    .max(4_000),
  usefulUntil: z.iso.datetime(),
});

/** Names a cart as it was left. */
const reference = z.string().regex(/^[\w.-]{1,100}$/);

/**
 * A customer who agreed to it is to be reminded of a cart that waits, once for the same `reference`. `letter` as that of
 * {@link userMailRequestedV1}; its token stops reminders.
 */
export const userReminderRequestedV1 = userEvent('user.reminder-requested.v1', {
  reference,
  letter: z
    .string()
    .regex(/^[\w-]+$/)
    .max(4_000),
  usefulUntil: z.iso.datetime(),
});

/** Nobody needs this reminder any more: it is not sent, if it is not out yet. */
export const userReminderWithdrawnV1 = userEvent('user.reminder-withdrawn.v1', { reference });

/** The account is no more; whoever keeps something for its sake forgets it, but what the books need. */
export const userDeletedV1 = userEvent('user.deleted.v1', {});

export const userEventSchema = z.discriminatedUnion('type', [
  userRegisteredV1,
  userProfileChangedV1,
  userSessionsRevokedV1,
  userMailRequestedV1,
  userReminderRequestedV1,
  userReminderWithdrawnV1,
  userDeletedV1,
]);
export type UserEvent = z.output<typeof userEventSchema>;
