import { createHash } from 'node:crypto';
import { deadLetterOf } from '../../kit/events/dead-letters.ts';
import type { EventLog, LogRecord } from '../../kit/events/event-log.ts';
import { deadLetterTopicOf } from '../../kit/manifest.ts';
import type { DeadLetterRepository, FoundDeadLetter } from '../storage/dead-letter-repository.ts';

export type FindDeadLettersEffects = {
  readonly log: Pick<EventLog, 'offsets' | 'read'>;
  readonly letters: Pick<DeadLetterRepository, 'nextOf' | 'add' | 'forget'>;
};

/** Records of one read, which are one transaction. */
const readAtOnce = 200;

const parsed = (text: string): { readonly id?: unknown; readonly type?: unknown } => {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    return {};
  }
};

const textOr = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const numberOr = (value: number): number | null => (Number.isInteger(value) ? value : null);
const dateOr = (value: Date): Date | null => (Number.isNaN(value.getTime()) ? null : value);

/** What a record of a dead-letter topic says; one that a function's platform put there says less, and nothing of it is taken on trust. */
export const foundDeadLetter = (topic: string, record: LogRecord): FoundDeadLetter => {
  const letter = deadLetterOf(record);
  const { id, type } = parsed(record.value);
  const eventId = letter.eventId ?? textOr(id);
  const isNoted = record.headers['dead-letter-offset'] !== undefined;
  return {
    topic,
    deadOffset: record.offset,
    consumer: letter.consumer,
    reason: letter.reason || 'failed',
    key: record.key,
    identity: eventId ?? createHash('sha256').update(record.value).digest('base64url'),
    eventId,
    eventType: textOr(type),
    attempts: numberOr(letter.attempts) ?? 0,
    firstFailure: dateOr(letter.firstFailure),
    lastFailure: dateOr(letter.lastFailure),
    errorClass: letter.errorClass,
    errorMessage: letter.errorMessage,
    originPartition: isNoted ? numberOr(letter.partition) : null,
    originOffset: isNoted ? numberOr(letter.offset) : null,
    diedAt: record.timestamp,
  };
};

/** Learns what came into the dead letters of a topic since the last time; returns the place behind the last of them. */
export const findDeadLetters = async ({ log, letters }: FindDeadLettersEffects, topic: string): Promise<number> => {
  const [bounds] = await log.offsets(deadLetterTopicOf(topic));
  if (!bounds) return 0;
  const { earliest, end } = bounds;
  let next = await letters.nextOf(topic);
  if (next > end) {
    await letters.forget(topic);
    next = 0;
  }
  for (let from = Math.max(next, earliest); from < end; ) {
    const records = await log.read({ topic: deadLetterTopicOf(topic), partition: 0, from, limit: readAtOnce });
    const last = records.at(-1);
    // Offsets may have gaps: nothing more is there.
    if (!last) break;
    from = last.offset + 1;
    await letters.add(
      topic,
      records.map((record) => foundDeadLetter(topic, record)),
      from,
    );
  }
  return end;
};
