import { messageKinds } from '../domain/message.ts';
import type { Obstacle } from '../domain/postponement.ts';
import type { SentNote } from '../storage/sent-log.ts';
import type { TellingEffects } from './notification-effects.ts';

const ofOrders: ReadonlySet<string> = new Set(messageKinds);

/** What the topic is told: nothing but what the record of the mail holds, so that every attempt says the same. */
const sentMailOf = ({ notificationId, kind, about, sentAs, sentAt }: SentNote) => ({
  version: 1 as const,
  id: notificationId,
  kind,
  ...(ofOrders.has(kind) ? { orderId: about } : { accountId: about }),
  messageId: sentAs,
  sentAt,
});

/**
 * Tells the topic of a mail that is noted as sent and not yet as told; `nothing-to-tell` for any other. A crash, or a lost answer, between
 * telling and noting it has the topic told again under the same id: twice rather than never. The mail itself is out and stays untouched.
 * Throws when the log of sent mails cannot be used.
 */
export const tellOfMail = async (
  { sentLog, topic }: TellingEffects,
  notificationId: string,
): Promise<'told' | 'nothing-to-tell' | Obstacle> => {
  const note = await sentLog.claimTelling(notificationId);
  if (note === 'nothing-to-tell') return note;
  if (note === 'held') return { kind: 'untold', problem: new Error('another attempt tells of the mail') };
  try {
    await topic.tell(sentMailOf(note));
  } catch (problem) {
    await sentLog.releaseTelling(notificationId);
    return { kind: 'untold', problem };
  }
  await sentLog.noteTold(notificationId);
  return 'told';
};
