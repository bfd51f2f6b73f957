/** Every way in which those who operate the shop are refused. */
import { Refusal } from '../../kit/values/refusal.ts';

export const cursorMalformed = () =>
  new Refusal('invalid', 'cursor.malformed', 'The cursor is not one that a page was answered with.');

export const topicUnknown = (topic: string, known: readonly string[]) =>
  new Refusal('missing', 'topic.unknown', `There is no topic "${topic}"; known are ${known.join(', ')}.`);

export const databaseUnknown = (name: string, known: readonly string[]) =>
  new Refusal(
    'missing',
    'database.unknown',
    `There is no database "${name}" to look at; known are ${known.join(', ')}.`,
  );

export const deadLetterUnknown = (id: string) =>
  new Refusal('missing', 'dead-letter.unknown', `There is no dead letter ${id}; they are kept for 30 days.`);

export const deadLetterDecided = (id: string, state: string) =>
  new Refusal('conflict', 'dead-letter.decided', `Dead letter ${id} is ${state}; there is nothing left to decide.`);

export const groupUnknown = (group: string, known: readonly string[]) =>
  new Refusal('missing', 'group.unknown', `There is no consumer "${group}"; known are ${known.join(', ')}.`);

export const groupActive = (group: string) =>
  new Refusal(
    'conflict',
    'group.active',
    `"${group}" has members, which would go on where they are: stop the service, wait some seconds, then move it.`,
  );

type Outside = { readonly partition: number; readonly to: number; readonly earliest: number; readonly end: number };

export const offsetOutside = (moves: readonly Outside[]) =>
  new Refusal(
    'unprocessable',
    'offset.outside',
    `The topic does not keep what was asked for: ${moves.map(({ partition, to, earliest, end }) => `partition ${partition} has ${earliest} to ${end}, not ${to}`).join('; ')}.`,
  );

export const planChanged = (partition: number, expected: number | null, actual: number | null) =>
  new Refusal(
    'conflict',
    'plan.changed',
    `In partition ${partition} the group is at ${actual ?? 'no place'} now and not at ${expected ?? 'none'}, as the plan says: make a new plan.`,
    { difference: { expected, actual } },
  );

export const incidentUnknown = (id: string) =>
  new Refusal('missing', 'incident.unknown', `There is no incident ${id}.`);

export const incidentClosed = (id: string) =>
  new Refusal('conflict', 'incident.closed', `Incident ${id} is closed; open another one that names it.`);

export const windowUnknown = (id: string) =>
  new Refusal('missing', 'window.unknown', `There is no maintenance window ${id}.`);

export const windowOver = (id: string) =>
  new Refusal('conflict', 'window.over', `Maintenance window ${id} is over already.`);

export const windowPast = () =>
  new Refusal(
    'unprocessable',
    'window.past',
    'The window would be over already; say when it begins, or leave that out.',
  );

export const windowFar = () =>
  new Refusal('unprocessable', 'window.far', 'The window would begin in more than a year; look at its date again.');

export const serviceUnknown = (name: string, known: readonly string[]) =>
  new Refusal('missing', 'service.unknown', `There is no service "${name}"; known are ${known.join(', ')}.`);

export const warehouseUnavailable = (cause: unknown) =>
  new Refusal('unavailable', 'warehouse.unavailable', 'The warehouse does not answer; try again shortly.', {
    retryAfterSeconds: 10,
    cause,
  });

export const lawsUnderWay = () =>
  new Refusal(
    'conflict',
    'laws.check-under-way',
    'A check of the laws is under way; it takes some seconds, and its answer is for everybody.',
  );
