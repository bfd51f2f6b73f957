/** Events that call for mails about accounts, for tests. */
import { type UserEvent, userEventSchema } from '../../contracts/events/user-events.ts';
import { sealLetter } from '../../kit/auth/sealed-letter.ts';
import { fakeIds } from '../../kit/testing/ids.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { mailSealSecret } from './mail-tables.ts';

const ids = fakeIds();

/** Of the links in these mails. */
export const token = 'a-token-that-nobody-else-should-ever-have-x';
export type AccountMail = Extract<UserEvent, { type: 'user.mail-requested.v1' }>['data']['mail'];

export type MailParts = {
  readonly to?: string;
  readonly isProved?: boolean;
  /** Until the mail is of no use any more. */
  readonly minutes?: number;
  readonly userId?: string;
};

/** The event as JSON text; default for a proved address, of use for 30 minutes from now on. */
export const mailRequested = (
  clock: Clock,
  mail: AccountMail,
  { to = 'ada@example.com', isProved = true, minutes = 30, userId = ids.next('usr') }: MailParts = {},
): string =>
  JSON.stringify(
    userEventSchema.parse({
      specversion: '1.0',
      id: ids.next('evt'),
      source: 'user',
      type: 'user.mail-requested.v1',
      subject: userId,
      time: clock.now().toISOString(),
      datacontenttype: 'application/json',
      sequence: 2,
      data: {
        userId,
        mail,
        isProved,
        letter: sealLetter(mailSealSecret, { userId, mail }, mail === 'password-changed' ? { to } : { to, token }),
        usefulUntil: new Date(clock.now().getTime() + minutes * 60_000).toISOString(),
      },
    }),
  );
