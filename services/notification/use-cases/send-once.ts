import type { Mail } from '../../kit/mail/mail-sender.ts';
import type { StopReason } from '../domain/mail-feedback.ts';
import type { MessageHead } from '../domain/message.ts';
import type { Obstacle } from '../domain/postponement.ts';
import type { MailClaim } from '../storage/sent-log.ts';
import type { SendOnceEffects } from './notification-effects.ts';
import { addressDigest, recipientDigest } from './recipient-digest.ts';

/** How an attempt ended: the message is settled for good, or something keeps it from going out now. */
export type MailOutcome =
  | { readonly state: 'sent' | 'known' | 'unsure' | 'withheld' }
  | { readonly state: 'postponed'; readonly obstacle: Obstacle };

/** Attempts whose end nobody knows, before a mail that may be out several times already is left alone. */
const mostUnsure = 3;

const stopMeanings: Readonly<Record<StopReason, string>> = {
  bounced: 'a mail to this address came back for good',
  complained: 'a mail to this address was reported as spam',
};

const postponed = (obstacle: Obstacle): MailOutcome => ({ state: 'postponed', obstacle });

/** Until when the recipient has had enough; undefined when the mail may go. */
const restOf = async ({ recipients, limits }: SendOnceEffects, { to, counted, notificationId }: MessageHead) => {
  if (counted === null || (counted === 'paid' && limits.paid === 0)) return undefined;
  return recipients.admit(`${counted}:${recipientDigest(to)}`, notificationId, limits[counted]);
};

/**
 * Sends a mail once in effect: claim, send, end. It never leaves a claim behind that it knows to be useless:
 * - nothing was sent (`refused`, `away`): the claim is given back, and the next attempt may come at once;
 * - nobody knows (an answer that was lost, or a crash of the owner): the claim runs out, and the next attempt first asks the sender
 *   for the mail where that can tell. Where it cannot, the mail is sent again rather than never, at most three times in all.
 * Throws when the log of sent mails cannot be used; a later call goes on from whatever was noted.
 */
export const sendOnce = async (effects: SendOnceEffects, message: MessageHead, mail: Mail): Promise<MailOutcome> => {
  const { sentLog, sender, from, clock, readProblem, recipients } = effects;
  const { notificationId, kind, about, to } = message;
  const claim = await sentLog.claim(notificationId, { kind, about });
  if (claim.state === 'ended') return { state: 'known' };
  if (claim.state === 'held') return postponed({ kind: 'until', why: 'another attempt holds it', until: claim.until });

  const afterProblem = async (problem: unknown, held: MailClaim): Promise<MailOutcome> => {
    const meaning = readProblem(problem);
    if (meaning === 'unsure')
      return postponed({ kind: 'until', why: `nobody knows whether it is out: ${problem}`, until: held.until });
    await sentLog.release(notificationId, held);
    return postponed({ kind: meaning === 'away' ? 'away' : 'failed', problem });
  };

  if (claim.attempt > 1) {
    const earlier = await sender.findSent(notificationId).catch((problem: unknown) => ({ problem }));
    if (typeof earlier === 'object' && 'problem' in earlier) return afterProblem(earlier.problem, claim);
    if (typeof earlier === 'object') {
      await sentLog.end(notificationId, 'sent', earlier.sentAs);
      return { state: 'known' };
    }
    if (earlier === 'unknown' && claim.attempt > mostUnsure) {
      await sentLog.end(notificationId, 'unsure', `${mostUnsure} attempts ended without an answer`);
      return { state: 'unsure' };
    }
  }
  const stopped = await recipients.stoppedBecause(addressDigest(to));
  if (stopped) {
    await sentLog.end(notificationId, 'withheld', `${stopped}: ${stopMeanings[stopped]}`);
    return { state: 'withheld' };
  }
  const rest = await restOf(effects, message);
  if (rest && message.isDispensable) {
    await sentLog.end(notificationId, 'withheld', `its recipient got too many ${message.counted} mails`);
    return { state: 'withheld' };
  }
  if (rest) {
    await sentLog.release(notificationId, claim);
    return postponed({ kind: 'until', why: 'its recipient got too many mails in this hour', until: rest });
  }
  if (clock.now() > claim.sendBefore) {
    // Too late to be sure that nobody takes over meanwhile.
    await sentLog.release(notificationId, claim);
    return postponed({ kind: 'failed', problem: new Error('the claim was nearly over before the mail could be sent') });
  }
  let sentAs: string;
  try {
    sentAs = await sender.send({ ...mail, notificationId, from, to });
  } catch (problem) {
    return afterProblem(problem, claim);
  }
  await sentLog.end(notificationId, 'sent', sentAs);
  return { state: 'sent' };
};
