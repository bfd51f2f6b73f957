import type { TailedEvent, TailQuery } from '../../contracts/http/operations/event-sequences-api.ts';
import type { EventLog, LogRecord } from '../../kit/events/event-log.ts';

/** Records of one partition that one request reads: a rare key may lie deeper, and the next page goes on. */
const mostRead = 2_000;

const fieldsOf = (value: string): { readonly id?: unknown; readonly type?: unknown; readonly sequence?: unknown } => {
  try {
    return (JSON.parse(value) ?? {}) as object;
  } catch {
    return {};
  }
};

const eventOf = ({ topic, partition, offset, timestamp, key, value }: LogRecord): TailedEvent => {
  const { id, type, sequence } = fieldsOf(value);
  return {
    topic,
    partition,
    offset,
    at: timestamp.toISOString(),
    key,
    eventId: typeof id === 'string' ? id : null,
    type: typeof type === 'string' ? type : null,
    sequence: Number.isInteger(sequence) ? Number(sequence) : null,
    value,
  };
};

const placesOf = (text: string | undefined): ReadonlyMap<number, number> =>
  new Map((text?.split('_') ?? []).map((place) => place.split('-').map(Number) as [number, number]));

/**
 * Events of a topic in the order of their time: the newest, the first since a moment, or those behind a page. Only what is returned counts
 * as seen, so that nothing is left out between two pages.
 */
export const tailEvents = async (
  log: Pick<EventLog, 'offsets' | 'offsetsSince' | 'read'>,
  { topic, type, key, since, after, limit }: TailQuery,
): Promise<{ events: TailedEvent[]; next: string }> => {
  const bounds = await log.offsets(topic);
  const seen = placesOf(after);
  const first = new Map(
    since === undefined
      ? []
      : (await log.offsetsSince(topic, new Date(since))).map(({ partition, offset }) => [partition, offset]),
  );
  const isTail = after === undefined && since === undefined;
  const startOf = ({ partition, earliest, end }: (typeof bounds)[number]) => {
    const place = seen.get(partition);
    if (place !== undefined) return Math.max(place, earliest);
    if (isTail) return Math.max(earliest, end - mostRead);
    return first.get(partition) ?? end;
  };
  const isWanted = (event: TailedEvent) =>
    (type === undefined || event.type === type) && (key === undefined || event.key === key);
  const read = await Promise.all(
    bounds.map(async (bound) => {
      const { partition } = bound;
      const from = startOf(bound);
      const records = from < bound.end ? await log.read({ topic, partition, from, limit: mostRead }) : [];
      return {
        partition,
        next: (records.at(-1)?.offset ?? from - 1) + 1,
        events: records.map(eventOf).filter(isWanted),
      };
    }),
  );
  const all = read.flatMap(({ events }) => events).toSorted((a, b) => a.at.localeCompare(b.at) || a.offset - b.offset);
  const events = isTail ? all.slice(-limit) : all.slice(0, limit);
  const left = isTail ? [] : all.slice(limit);
  const nextOf = ({ partition, next }: (typeof read)[number]) =>
    Math.min(next, ...left.filter((event) => event.partition === partition).map(({ offset }) => offset));
  return { events, next: read.map((each) => `${each.partition}-${nextOf(each)}`).join('_') };
};
