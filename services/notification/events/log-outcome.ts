import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Obstacle } from '../domain/postponement.ts';

/** Why a mail waits, as fields of a log line. */
export const reasonOf = (obstacle: Obstacle) =>
  obstacle.kind === 'until' ? { why: obstacle.why } : { err: obstacle.problem };

/** One line for a message that is settled. An error where a person should look, because nothing will be tried any more. */
export const logHandled = (logger: Logger, about: object, outcome: string): void => {
  if (outcome === 'unsure')
    logger.error({ ...about, outcome }, 'nobody knows whether a mail is out; it is not tried again');
  else logger.info({ ...about, outcome }, 'notification handled');
};
