import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Obstacle } from '../domain/postponement.ts';

/** Why a mail waits, as fields of a log line. */
export const reasonOf = (obstacle: Obstacle) =>
  obstacle.kind === 'until' ? { why: obstacle.why } : { err: obstacle.problem };

/** What waits, in words. */
export const waitingOf = ({ kind }: Obstacle): string =>
  kind === 'untold' ? 'a mail is out, and who listens to sent mails is told later' : 'a mail waits';

/** What was given up, in words. */
export const givenUpOf = ({ kind }: Obstacle): string =>
  kind === 'untold'
    ? 'a mail is out, and who listens to sent mails was never told'
    : 'a mail that waited too long was given up';

/** One line for a message that is settled. An error where a person should look, because nothing will be tried any more. */
export const logHandled = (logger: Logger, about: object, outcome: string): void => {
  if (outcome === 'unsure')
    logger.error({ ...about, outcome }, 'nobody knows whether a mail is out; it is not tried again');
  else logger.info({ ...about, outcome }, 'notification handled');
};
