import { createRotatingSecret } from '../kit/auth/rotating-secret.ts';
import { type LetterPlace, openLetter } from '../kit/auth/sealed-letter.ts';
import type { Config } from '../kit/config/config.ts';
import type { CloudEvent } from '../kit/events/cloud-event.ts';
import type { BatchAnswer } from '../kit/functions/handle-batch.ts';
import { type IncomingEvent, isMailFeedback, isScheduled, readRecords } from '../kit/functions/read-records.ts';
import { createTableClient } from '../kit/functions/table-client.ts';
import { MailRefused, type MailSender, SenderAway } from '../kit/mail/mail-sender.ts';
import { openMailSender } from '../kit/mail/open-mail-sender.ts';
import { systemClock } from '../kit/system-clock.ts';
import type { Logger } from '../kit/telemetry/logger.ts';
import { inPart, inSpan, SpanKind, startSpanOf } from '../kit/telemetry/tracing.ts';
import type { Clock } from '../kit/values/clock.ts';
import { type MailTopic, topicUntilAway } from './clients/mail-topic.ts';
import { openMailTopic } from './clients/open-mail-topic.ts';
import { senderUntilAway } from './clients/sender-until-away.ts';
import type { NotificationConfig } from './config.ts';
import type { AccountMessage } from './domain/account-message.ts';
import type { OrderMessage } from './domain/message.ts';
import type { ReminderMessage } from './domain/reminder-message.ts';
import { handleMailFeedback } from './events/on-mail-feedback.ts';
import { handleOrderEvents } from './events/on-order-event.ts';
import { handleSchedule } from './events/on-schedule.ts';
import { createPostponedMails, type PostponedMails } from './storage/postponed-mails.ts';
import { createRecipientLog, type RecipientLog } from './storage/recipient-log.ts';
import { createSentLog, type SentLog } from './storage/sent-log.ts';
import { renderAccountMail } from './templates/render-account-mail.ts';
import { renderMail, shopNameOf } from './templates/render-mail.ts';
import { renderReminder } from './templates/render-reminder.ts';

export type NotificationDependencies = {
  readonly config: Config<NotificationConfig>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Given by tests; default what the configuration names. */
  readonly sender?: MailSender;
  readonly topic?: MailTopic;
  readonly sentLog?: SentLog;
  readonly postponedMails?: PostponedMails;
  readonly recipients?: RecipientLog;
};

/** A customer whose card fails tries again once or twice; who gets more of these did not order. */
const unpaidMailsPerHour = 3;
/** Whoever signs up needs one, and a second when it got lost; who gets more did not sign up. */
const unprovedMailsPerHour = 6;
/** Milliseconds of an invocation that are left for what is under way when no new mail is begun. */
const reserveMs = 15_000;

const readProblem = (problem: unknown) => {
  if (problem instanceof SenderAway) return 'away';
  return problem instanceof MailRefused ? 'refused' : 'unsure';
};

const tracedSender = (sender: MailSender): MailSender => ({
  ...sender,
  send: (mail) => inPart('send mail', { kind: SpanKind.CLIENT }, () => sender.send(mail)),
});

const tracedTopic = (topic: MailTopic): MailTopic => ({
  tell: (mail) => inPart('tell of mail', { kind: SpanKind.PRODUCER }, () => topic.tell(mail)),
});

/** Builds the function: one call a batch of events, one whenever the clock says so, and one for what SES tells of a mail. `remainingMs` is the time of the invocation. */
export const notificationApp = async ({
  config,
  logger,
  clock,
  ...given
}: NotificationDependencies): Promise<(event: IncomingEvent, remainingMs: number) => Promise<BatchAnswer>> => {
  const client = createTableClient();
  const { tables, mail, sentMails, own } = config;
  const shop = {
    name: shopNameOf(own.MAIL_FROM),
    orderPage: own.ORDER_PAGE,
    verifyPage: own.VERIFY_PAGE,
    resetPage: own.RESET_PAGE,
    cartPage: own.CART_PAGE,
    unsubscribePage: own.UNSUBSCRIBE_PAGE,
    unsubscribeDoor: own.UNSUBSCRIBE_DOOR,
  };
  const mailSeal = createRotatingSecret(own.MAIL_SEAL_SECRET, { clock: systemClock, logger });
  const effects = {
    sentLog: given.sentLog ?? createSentLog({ table: tables['notifications'] ?? '', clock, client }),
    postponedMails: given.postponedMails ?? createPostponedMails({ table: tables['postponed-mails'] ?? '', client }),
    sender: tracedSender(given.sender ?? (await openMailSender(mail ?? ''))),
    topic: tracedTopic(given.topic ?? (await openMailTopic(sentMails ?? ''))),
    recipients: given.recipients ?? createRecipientLog({ table: tables['notifications'] ?? '', clock, client }),
    limits: { unpaid: unpaidMailsPerHour, paid: own.PAID_MAILS_PER_HOUR, unproved: unprovedMailsPerHour },
    render: {
      order: (message: OrderMessage) => renderMail(message, shop),
      account: (message: AccountMessage) => renderAccountMail(message, shop),
      reminder: (message: ReminderMessage) => renderReminder(message, shop),
    },
    openLetter: (place: LetterPlace, letter: string) => openLetter(mailSeal, place, letter),
    from: own.MAIL_FROM,
    readProblem,
    inTrace: <T>({ type, traceparent }: Pick<CloudEvent, 'type' | 'traceparent'>, work: () => Promise<T>) =>
      inSpan(startSpanOf(traceparent, `process ${type}`, { kind: SpanKind.CONSUMER }), work),
    chance: Math.random,
    clock,
    logger,
  };
  return async (event, remainingMs) => {
    const now = { ...effects, sender: senderUntilAway(effects.sender), topic: topicUntilAway(effects.topic) };
    if (isMailFeedback(event)) await handleMailFeedback(now, event);
    else if (isScheduled(event)) await handleSchedule(now, new Date(clock.now().getTime() + remainingMs - reserveMs));
    else return handleOrderEvents(now, readRecords(event));
    return { batchItemFailures: [] };
  };
};
