/**
 * The topic of results, which also says how far the figures are: the last record of each append carries the progress in a header.
 * So a result and the place from which the next is computed are written together or not at all.
 */
import { z } from 'zod';
import type { AnalyticsResult } from '../../contracts/events/analytics-results.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import type { Progress } from '../domain/minute-figures.ts';

const TOPIC = 'analytics-results';
const PROGRESS = 'progress';
const PAGE = 500;

const places = z.record(z.string(), z.number());
const progressSchema = z.object({
  judged: places,
  openFrom: places,
  latestMs: places,
  watermarkMs: z.number().nullable(),
});

export type Tail = {
  /** Of the last append that is whole; undefined: there is none. */
  readonly progress: Progress | undefined;
  /** Ids of results behind it: of an append that was broken off in the middle. */
  readonly behind: ReadonlySet<string>;
};

const progressIn = (header: string | undefined): Progress | undefined =>
  header === undefined ? undefined : progressSchema.parse(JSON.parse(header));

const idIn = (value: string): string => {
  const { id } = JSON.parse(value) as { id: unknown };
  return String(id);
};

export type Results = {
  append(results: readonly AnalyticsResult[], progress: Progress): Promise<void>;
  tail(): Promise<Tail>;
};

export const createResults = (log: EventLog): Results => ({
  append: (results, progress) =>
    log.append(
      TOPIC,
      results.map((result, at) => ({
        key: result.subject,
        value: JSON.stringify(result),
        ...(at === results.length - 1 && { headers: { [PROGRESS]: JSON.stringify(progress) } }),
      })),
    ),
  tail: async () => {
    const [place] = await log.offsets(TOPIC);
    const behind = new Set<string>();
    if (!place) return { progress: undefined, behind };
    for (let to = place.end; to > place.earliest; ) {
      const from = Math.max(place.earliest, to - PAGE);
      const page = await log.read({ topic: TOPIC, partition: place.partition, from, limit: to - from });
      const whole = page.findLastIndex(({ headers }) => headers[PROGRESS] !== undefined);
      for (const { value } of page.slice(whole + 1)) behind.add(idIn(value));
      if (whole >= 0) return { progress: progressIn(page[whole]?.headers[PROGRESS]), behind };
      to = from;
    }
    return { progress: undefined, behind };
  },
});
