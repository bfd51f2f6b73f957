/** What the use cases of mails may do to the world; `app.ts` makes it. */
import type { Letter, LetterPlace } from '../../kit/auth/sealed-letter.ts';
import type { CloudEvent } from '../../kit/events/cloud-event.ts';
import type { Mail, MailSender } from '../../kit/mail/mail-sender.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { MailTopic } from '../clients/mail-topic.ts';
import type { AccountMessage } from '../domain/account-message.ts';
import type { OrderMessage } from '../domain/message.ts';
import type { ReminderMessage } from '../domain/reminder-message.ts';
import type { PostponedMails } from '../storage/postponed-mails.ts';
import type { RecipientLog } from '../storage/recipient-log.ts';
import type { SentLog } from '../storage/sent-log.ts';

/** Most mails that one recipient gets in an hour; beyond them a mail waits, or is withheld if it can be done without. */
export type MailLimits = {
  /** About orders that nobody paid for: anybody can make them, for any address. */
  readonly unpaid: number;
  /** About paid orders. 0: no limit. */
  readonly paid: number;
  /** About accounts whose address nobody has proved: anybody can make them, too. */
  readonly unproved: number;
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

/** What telling others of a mail takes. */
export type TellingEffects = { readonly sentLog: SentLog; readonly topic: MailTopic };

export type NotificationEffects = SendOnceEffects &
  TellingEffects & {
    readonly render: {
      order(message: OrderMessage): Mail;
      account(message: AccountMessage): Mail;
      reminder(message: ReminderMessage): Mail | null;
    };
    /** Opens what was sealed for this function alone. Throws when it cannot. */
    readonly openLetter: (place: LetterPlace, letter: string) => Promise<Letter>;
    /** Runs the work as part of the trace that the event belongs to. */
    readonly inTrace: <T>(event: Pick<CloudEvent, 'type' | 'traceparent'>, work: () => Promise<T>) => Promise<T>;
    readonly postponedMails: PostponedMails;
    /** 0 to just below 1. */
    readonly chance: () => number;
  };
