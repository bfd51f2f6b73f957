import type { CloudEvent } from './cloud-event.ts';
import type { LogRecord } from './event-log.ts';

/**
 * Reads a record's value. Throws if it matches no schema: the record becomes a dead letter without a retry.
 * Undefined: an event that this consumer does not know or need; it is skipped, as during a deployment that adds one.
 */
export type ParseEvent = (value: string, topic: string) => CloudEvent | undefined;

/** A record and what it turned out to be. */
export type ReceivedEvent = { readonly record: LogRecord; readonly eventId: string | undefined } & (
  | { readonly outcome: 'event'; readonly event: CloudEvent }
  | { readonly outcome: 'ignored' }
  | { readonly outcome: 'invalid'; readonly error: Error }
);

/** The id from the header that the relay writes; else whatever can be found in the value. */
const idOf = ({ headers, value }: LogRecord): string | undefined => {
  if (headers['id']) return headers['id'];
  try {
    const { id } = JSON.parse(value) as { id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Reads a record.
 * @param actsOn whether the consumer acts on a type of event; the relay notes the type in a header, so that others need no reading
 */
export const receive = (
  record: LogRecord,
  parse: ParseEvent,
  actsOn: (topic: string, type: string) => boolean = () => true,
): ReceivedEvent => {
  const ignored = { record, eventId: undefined, outcome: 'ignored' } as const;
  const noted = record.headers['type'];
  if (noted !== undefined && !actsOn(record.topic, noted)) return ignored;
  try {
    const event = parse(record.value, record.topic);
    if (!event || !actsOn(record.topic, event.type)) return ignored;
    return { record, eventId: event.id, outcome: 'event', event };
  } catch (error) {
    return { record, eventId: idOf(record), outcome: 'invalid', error: error as Error };
  }
};

/** Which of `lanes` a key belongs to (FNV-1a): records of one key are handled one after the other, keys beside each other. */
export const laneOf = ({ topic, key }: Pick<LogRecord, 'topic' | 'key'>, lanes: number): number => {
  let hash = 0x811c9dc5;
  for (const character of `${topic}/${key}`) hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  return (hash >>> 0) % lanes;
};
