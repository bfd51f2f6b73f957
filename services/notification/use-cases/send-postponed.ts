import { nextTry, type Obstacle } from '../domain/postponement.ts';
import type { PostponedMail } from '../storage/postponed-mails.ts';
import { mailEvent, UnreadableEvent } from './mail-event.ts';
import type { NotificationEffects } from './notification-effects.ts';
import type { MailOutcome } from './send-once.ts';
import { tellOfMail } from './tell-of-mail.ts';

/** Told of every mail that was looked at, and what became of it. */
type OnTried = (mail: PostponedMail, result: TriedMail) => void;

/** `over`: sent, or settled otherwise. `given-up`: too old to be tried again. */
export type TriedMail =
  | { readonly state: 'over'; readonly outcome: string }
  | { readonly state: 'waits'; readonly obstacle: Obstacle; readonly dueAt: Date }
  | { readonly state: 'given-up'; readonly obstacle: Obstacle };

/** Mails tried at the same time; each waits mostly for the tables and the sender. */
const atOnce = 8;

/** What became of a mail by now, and its id where that is known; undefined for nobody's mail. */
const tryAgain = async (effects: NotificationEffects, mail: PostponedMail) => {
  // A mail that is out is told of however late it is: its event may call for none any more.
  const told = await tellOfMail(effects, mail.id);
  if (told === 'told') return { notificationId: mail.id, outcome: { state: 'known' } as const };
  if (told !== 'nothing-to-tell')
    return { notificationId: mail.id, outcome: { state: 'postponed', obstacle: told } as const };
  return mailEvent(effects, mail.event, async ({ notificationId }, outcome) => ({
    notificationId,
    outcome,
  })).catch((problem: unknown) => {
    if (!(problem instanceof UnreadableEvent)) throw problem;
    const outcome: MailOutcome = { state: 'postponed', obstacle: { kind: 'failed', problem } };
    return { notificationId: undefined, outcome };
  });
};

const retry = async (effects: NotificationEffects, mail: PostponedMail): Promise<TriedMail> => {
  const { postponedMails, sentLog, clock, chance } = effects;
  const handled = await tryAgain(effects, mail);
  if (handled?.outcome.state !== 'postponed') {
    await postponedMails.remove(mail);
    return { state: 'over', outcome: handled?.outcome.state ?? 'nobody’s' };
  }
  const {
    notificationId,
    outcome: { obstacle },
  } = handled;
  const dueAt = nextTry(obstacle, { ...mail, now: clock.now(), chance: chance() });
  if (dueAt) {
    await postponedMails.again(mail, dueAt);
    return { state: 'waits', obstacle, dueAt };
  }
  if (notificationId && obstacle.kind !== 'untold')
    await sentLog.end(notificationId, 'given-up', `waited since ${mail.since.toISOString()}`);
  await postponedMails.remove(mail);
  return { state: 'given-up', obstacle };
};

/**
 * Tries the mails whose time has come, oldest first, until none is left, the sender is away, or the time is up.
 * Several of these may run at once: a message is sent by whoever claims it.
 * Throws when the tables cannot be used; nothing is lost by that.
 */
export const sendPostponed = async (effects: NotificationEffects, onTried: OnTried, until: Date): Promise<void> => {
  const { postponedMails, clock } = effects;
  while (clock.now() < until) {
    const mails = await postponedMails.due(clock.now(), atOnce);
    const results = await Promise.all(
      mails.map(async (mail) => {
        const result = await retry(effects, mail);
        onTried(mail, result);
        return result;
      }),
    );
    if (mails.length < atOnce) return;
    if (results.some((result) => result.state === 'waits' && result.obstacle.kind === 'away')) return;
  }
};
