/** Which mail an event of an account calls for. Pure. */
import type { UserEvent } from '../../contracts/events/user-events.ts';
import type { MessageHead } from './message.ts';

type MailRequested = Extract<UserEvent, { type: 'user.mail-requested.v1' }>;

export type AccountMessage = MessageHead & {
  readonly kind: MailRequested['data']['mail'];
  /** Of the link that the mail brings; null for mails without one. */
  readonly token: string | null;
};

/**
 * The message that an event calls for; null when it came too late to be of use. Anybody can make an account for any address, so
 * mails to an address that nobody has proved count against its mailbox, and may be left out.
 */
export const accountMessageFor = (
  { id, data: { userId, mail, isProved, usefulUntil } }: MailRequested,
  { to, token }: { readonly to: string; readonly token?: string | undefined },
  now: Date,
): AccountMessage | null =>
  new Date(usefulUntil) <= now
    ? null
    : {
        notificationId: `${userId}:${mail}:${id}`,
        kind: mail,
        to,
        about: userId,
        counted: isProved ? null : 'unproved',
        isDispensable: !isProved,
        token: token ?? null,
      };
