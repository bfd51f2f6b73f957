/** What the use cases of mails may do to the world; `app.ts` makes it. */
import type { Clock } from '../../kit/values/clock.ts';
import type { MailSender } from '../clients/mail-sender.ts';
import type { Message } from '../domain/message.ts';
import type { PostponedMails } from '../storage/postponed-mails.ts';
import type { RecipientLog } from '../storage/recipient-log.ts';
import type { SentLog } from '../storage/sent-log.ts';
import type { Mail } from '../templates/render-mail.ts';

/** Most mails that one recipient gets in an hour; beyond them a mail waits, or is withheld if it can be done without. */
export type MailLimits = {
  /** About orders that nobody paid for: anybody can make them, for any address. */
  readonly unpaidPerHour: number;
  /** About paid orders. 0: no limit. */
  readonly paidPerHour: number;
};

/** What sending one mail takes. */
export type SendOnceEffects = {
  readonly sentLog: SentLog;
  readonly sender: MailSender;
  readonly from: string;
  readonly clock: Clock;
  readonly recipients: RecipientLog;
  readonly limits: MailLimits;
  /** What an error of the sender says: nothing was sent and others can go, nothing can be sent now, or nobody knows. */
  readonly readProblem: (problem: unknown) => 'refused' | 'away' | 'unsure';
};

export type NotificationEffects = SendOnceEffects & {
  readonly render: (message: Message) => Mail;
  /** Runs the work as part of the trace that the event belongs to. */
  readonly inTrace: <T>(traceparent: string | undefined, work: () => Promise<T>) => Promise<T>;
  readonly postponedMails: PostponedMails;
  /** 0 to just below 1. */
  readonly chance: () => number;
};
