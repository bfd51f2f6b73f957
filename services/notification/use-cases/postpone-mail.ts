import { nextTry, type Obstacle } from '../domain/postponement.ts';
import type { PostponedMail } from '../storage/postponed-mails.ts';
import type { NotificationEffects } from './notification-effects.ts';

/** Keeps an event whose mail could not go out, to be tried again; from then on its record is done with. Returns when it is due. */
export const postponeMail = async (
  { postponedMails, clock, chance }: Pick<NotificationEffects, 'postponedMails' | 'clock' | 'chance'>,
  { id, event }: Pick<PostponedMail, 'id' | 'event'>,
  obstacle: Obstacle,
): Promise<Date> => {
  const now = clock.now();
  const dueAt = nextTry(obstacle, { tries: 0, since: now, now, chance: chance() }) ?? now;
  await postponedMails.add({ id, event, tries: 1, since: now, dueAt });
  return dueAt;
};
