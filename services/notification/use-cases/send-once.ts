import type { MailSender } from '../clients/mail-sender.ts';
import type { Message } from '../domain/message.ts';
import type { SentLog } from '../storage/sent-log.ts';
import type { Mail } from '../templates/render-mail.ts';

export type SendOnceEffects = {
  readonly sentLog: SentLog;
  readonly sender: MailSender;
  readonly render: (message: Message) => Mail;
  readonly from: string;
  /** Whether an error says that surely nothing was sent. */
  readonly isRefused: (problem: unknown) => boolean;
};

/** Another invocation holds the message; the record must come back later. */
export class MessageInProgress extends Error {}

/**
 * Sends a message once in effect: claim, send, confirm.
 * A crash before the send loses only the claim, which runs out. After the send, the next attempt finds the mail where the sender can tell
 * (`findSent`) and only confirms it. Throws while the outcome is open, so that the record is delivered again.
 */
export const sendOnce = async (
  { sentLog, sender, render, from, isRefused }: SendOnceEffects,
  message: Message,
): Promise<'sent' | 'known'> => {
  const { notificationId, kind, order } = message;
  const reservation = await sentLog.reserve(notificationId, { kind, orderId: order.id });
  if (reservation.state === 'sent') return 'known';
  if (reservation.state === 'in-progress')
    throw new MessageInProgress(`${notificationId} is being sent by another invocation`);
  const earlier = reservation.attempt > 1 ? await sender.findSent(notificationId) : undefined;
  if (earlier !== undefined) {
    await sentLog.confirm(notificationId, earlier);
    return 'known';
  }
  try {
    const messageId = await sender.send({ ...render(message), notificationId, from, to: message.to });
    await sentLog.confirm(notificationId, messageId);
    return 'sent';
  } catch (problem) {
    if (isRefused(problem)) await sentLog.release(notificationId);
    throw problem;
  }
};
