/** Every way in which those who operate the shop are refused. */
import { Refusal } from '../../kit/values/refusal.ts';

export const cursorMalformed = () =>
  new Refusal('invalid', 'cursor.malformed', 'The cursor is not one that a page was answered with.');

export const topicUnknown = (topic: string, known: readonly string[]) =>
  new Refusal('missing', 'topic.unknown', `There is no topic "${topic}"; known are ${known.join(', ')}.`);

export const deadLetterUnknown = (id: string) =>
  new Refusal('missing', 'dead-letter.unknown', `There is no dead letter ${id}; they are kept for 30 days.`);

export const deadLetterDecided = (id: string, state: string) =>
  new Refusal('conflict', 'dead-letter.decided', `Dead letter ${id} is ${state}; there is nothing left to decide.`);
