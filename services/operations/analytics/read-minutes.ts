import { analyticsResultSchema } from '../../contracts/events/analytics-results.ts';
import type { MinuteFigures } from '../../contracts/http/operations/analytics-api.ts';
import { type EventLog, type LogRecord, UnknownTopic } from '../../kit/events/event-log.ts';
import type { Clock } from '../../kit/values/clock.ts';

export type ReadMinutesEffects = {
  readonly log: Pick<EventLog, 'offsets' | 'offsetsSince' | 'read'>;
  readonly clock: Clock;
};

export const resultsTopic = 'analytics-results';
const hourMs = 3_600_000;
/** Results that one request reads: more than 48 hours of minutes in three currencies. */
const mostRead = 10_000;
const page = 1_000;

const resultIn = ({ value }: LogRecord) => {
  try {
    return analyticsResultSchema.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
};

/** Records of the topic since a moment, oldest first; the newest where there are too many. */
const recordsSince = async (log: ReadMinutesEffects['log'], since: Date) => {
  const records: LogRecord[] = [];
  let isWhole = true;
  const places = await log.offsetsSince(resultsTopic, since);
  for (const { partition, end } of await log.offsets(resultsTopic)) {
    const first = places.find((place) => place.partition === partition)?.offset ?? end;
    const start = Math.max(first, end - mostRead);
    isWhole &&= start === first;
    for (let from = start; from < end; from += page)
      records.push(...(await log.read({ topic: resultsTopic, partition, from, limit: Math.min(page, end - from) })));
  }
  return { records, isWhole };
};

/** Figures of the minutes of the last hours, each once; a result that comes again is known by what it is about. */
export const readMinutes = async ({ log, clock }: ReadMinutesEffects, hours: number): Promise<MinuteFigures> => {
  const at = clock.now();
  const since = new Date(at.getTime() - hours * hourMs);
  const told = { at: at.toISOString(), since: since.toISOString() };
  const read = await recordsSince(log, since).catch((problem: unknown) => {
    if (problem instanceof UnknownTopic) return undefined;
    throw problem;
  });
  if (!read)
    return { ...told, lacking: 'no job computes figures in this shop yet', minutes: [], late: [], isWhole: true };

  const minutes = new Map<string, MinuteFigures['minutes'][number]>();
  const lateEvents = new Set<string>();
  const late = new Map<string, { currency: string; orders: number; amount: number }>();
  for (const result of read.records.map(resultIn)) {
    if (!result || result.data.windowStart < told.since) continue;
    const { windowStart, currency } = result.data;
    if (result.type === 'analytics.minute-closed.v1') {
      const { orders, revenue, uniqueUsers, averageOrderValue } = result.data;
      const figures = { windowStart, currency, orders, revenue, uniqueUsers, averageOrderValue };
      minutes.set(`${windowStart}/${currency}`, figures);
    } else if (!lateEvents.has(result.id)) {
      lateEvents.add(result.id);
      const sum = late.get(currency) ?? { currency, orders: 0, amount: 0 };
      late.set(currency, { ...sum, orders: sum.orders + 1, amount: sum.amount + result.data.amount });
    }
  }
  return {
    ...told,
    lacking: null,
    minutes: [...minutes.values()].toSorted((a, b) => a.windowStart.localeCompare(b.windowStart)),
    late: [...late.values()],
    isWhole: read.isWhole,
  };
};
