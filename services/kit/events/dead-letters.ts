import { deadLetterTopicOf } from '../manifest.ts';
import type { EventLog, LogRecord, NewRecord } from './event-log.ts';

/** `invalid`: it matches no schema. `failed`: its handler refused it each time. `behind`: an earlier event of its key is a dead letter. */
export type DeadLetterReason = 'invalid' | 'failed' | 'behind';

/** Why a record was put aside, beside the record itself. */
export type DeadLetter = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  /** Absent for a record that carries no readable id. */
  readonly eventId?: string;
  /** Group that could not handle it; the others were not disturbed. */
  readonly consumer: string;
  readonly reason: DeadLetterReason;
  readonly attempts: number;
  readonly firstFailure: Date;
  readonly lastFailure: Date;
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly traceparent?: string;
  readonly value: string;
  /** Headers of the record as it was published. */
  readonly headers: Readonly<Record<string, string>>;
};

const prefix = 'dead-letter-';
/** Header of a record that comes once more only to say whose dead letter of it shall never have an effect. */
const discardedFor = 'discarded-for';
/** Characters of an error's message that travel along. */
const longestMessage = 500;

/** The record for `<topic>.dead`: the value untouched, the original headers, and the reasons in headers of their own. */
export const deadLetterRecord = (letter: DeadLetter): NewRecord => {
  const reasons: Record<string, string | undefined> = {
    topic: letter.topic,
    partition: String(letter.partition),
    offset: String(letter.offset),
    key: letter.key,
    'event-id': letter.eventId,
    consumer: letter.consumer,
    reason: letter.reason,
    attempts: String(letter.attempts),
    'first-failure': letter.firstFailure.toISOString(),
    'last-failure': letter.lastFailure.toISOString(),
    'error-class': letter.errorClass,
    'error-message': letter.errorMessage.slice(0, longestMessage).replaceAll('\0', ''),
  };
  const headers: Record<string, string> = { ...letter.headers };
  for (const [name, value] of Object.entries(reasons)) if (value !== undefined) headers[prefix + name] = value;
  if (letter.traceparent) headers['traceparent'] = letter.traceparent;
  return { key: letter.key, value: letter.value, headers };
};

/** Reads a record of a dead-letter topic. */
export const deadLetterOf = ({
  value,
  headers: all,
  key,
}: Pick<LogRecord, 'key' | 'value' | 'headers'>): DeadLetter => {
  const reason = (name: string) => all[prefix + name] ?? '';
  const headers = Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith(prefix)));
  return {
    topic: reason('topic'),
    partition: Number(reason('partition')),
    offset: Number(reason('offset')),
    key,
    eventId: reason('event-id') || undefined,
    consumer: reason('consumer'),
    reason: reason('reason') as DeadLetterReason,
    attempts: Number(reason('attempts')),
    firstFailure: new Date(reason('first-failure')),
    lastFailure: new Date(reason('last-failure')),
    errorClass: reason('error-class'),
    errorMessage: reason('error-message'),
    traceparent: headers['traceparent'] || undefined,
    value,
    headers,
  };
};

export type ListDeadLetters = { readonly from?: number; readonly limit?: number };

/** Dead letters of a topic, oldest first, each with its offset in the dead-letter topic. */
export const listDeadLetters = async (log: EventLog, topic: string, options: ListDeadLetters = {}) => {
  const records = await log.read({ topic: deadLetterTopicOf(topic), partition: 0, ...options });
  return records.map((record) => ({ deadOffset: record.offset, letter: deadLetterOf(record) }));
};

/**
 * Publishes dead letters again, in the order given, with the key and event id that they had: consumers that handled them
 * drop them by their inbox, so a second replay changes nothing. Keep the order of `listDeadLetters`: a key's events are
 * taken only in their order.
 */
export const replayDeadLetters = async (log: EventLog, letters: readonly DeadLetter[]): Promise<void> => {
  for (const [topic, ofTopic] of Map.groupBy(letters, (letter) => letter.topic))
    await log.append(
      topic,
      ofTopic.map(({ key, value, headers }) => ({ key, value, headers })),
    );
};

/** The record that ends a dead letter of this consumer: what waits behind it may go on. Nobody else looks at it. */
export const discardingRecord = (
  { key, value, headers }: Pick<DeadLetter, 'key' | 'value' | 'headers'>,
  consumer: string,
): NewRecord => ({ key, value, headers: { ...headers, [discardedFor]: consumer } });

/** The consumer whose dead letter a record ends; undefined for any other record. */
export const discardedBy = ({ headers }: Pick<LogRecord, 'headers'>): string | undefined => headers[discardedFor];
