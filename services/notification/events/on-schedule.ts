import type { Logger } from '../../kit/telemetry/logger.ts';
import type { PostponedMail } from '../storage/postponed-mails.ts';
import type { NotificationEffects } from '../use-cases/notification-effects.ts';
import { sendPostponed, type TriedMail } from '../use-cases/send-postponed.ts';
import { givenUpOf, logHandled, reasonOf, waitingOf } from './log-outcome.ts';

/** A mail that waits longer than this is an error, of which the alarm tells. */
const patienceMs = 900_000;

/** Tries postponed mails until `until`. What keeps them is logged, not thrown: the next call comes soon anyway. */
export const handleSchedule = async (
  effects: NotificationEffects & { readonly logger: Logger },
  until: Date,
): Promise<void> => {
  const { logger, clock } = effects;
  const onTried = ({ id, tries, since }: PostponedMail, result: TriedMail) => {
    const about = { notificationId: id, tries, since };
    if (result.state === 'over') logHandled(logger, about, result.outcome);
    else if (result.state === 'given-up')
      logger.error({ ...about, ...reasonOf(result.obstacle) }, givenUpOf(result.obstacle));
    else {
      const isLate = clock.now().getTime() - since.getTime() > patienceMs;
      logger[isLate ? 'error' : 'warn'](
        { ...about, dueAt: result.dueAt, ...reasonOf(result.obstacle) },
        waitingOf(result.obstacle),
      );
    }
  };
  await sendPostponed(effects, onTried, until).catch((problem: unknown) =>
    logger.error({ err: problem }, 'mails that wait could not be tried'),
  );
};
