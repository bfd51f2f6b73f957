import type { Config } from '../kit/config/config.ts';
import type { Logger } from '../kit/telemetry/logger.ts';
import type { Clock } from '../kit/values/clock.ts';
import { MailRefused, type MailSender } from './clients/mail-sender.ts';
import { openMailSender } from './clients/open-mail-sender.ts';
import { type BatchAnswer, handleBatch } from './events/on-order-event.ts';
import type { IncomingEvent } from './events/read-records.ts';
import { createSentLog, type SentLog } from './storage/sent-log.ts';
import { renderMail } from './templates/render-mail.ts';

export type NotificationParts = {
  readonly config: Config<{ MAIL_FROM: string }>;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Given by tests; default what the configuration names. */
  readonly sender?: MailSender;
  readonly sentLog?: SentLog;
};

/** Builds the function: one call a batch. */
export const notificationApp = async ({
  config,
  logger,
  clock,
  ...given
}: NotificationParts): Promise<(event: IncomingEvent) => Promise<BatchAnswer>> => {
  const effects = {
    sentLog: given.sentLog ?? createSentLog({ table: config.tables['notifications'] ?? '', clock }),
    sender: given.sender ?? (await openMailSender(config.mail ?? '')),
    render: renderMail,
    from: config.own.MAIL_FROM,
    isRefused: (problem: unknown) => problem instanceof MailRefused,
    logger,
  };
  return (event) => handleBatch(effects, event);
};
