/**
 * Follows `order-events` and writes results. Killed at any moment it goes on from the progress beside its last result: nothing is
 * told twice, and no minute is left out. It must be the only one of its group, because it has to see every partition.
 */
import { isDeepStrictEqual } from 'node:util';
import type { AnalyticsResult } from '../../contracts/events/analytics-results.ts';
import type { EventLog, LogRecord } from '../../kit/events/event-log.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { createMinuteFigures, type Heard, type Outcome, type Progress } from '../domain/minute-figures.ts';
import type { Results } from '../storage/results.ts';

export type FigureParts = {
  readonly log: Pick<EventLog, 'offsets'>;
  readonly results: Results;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Undefined for a record that nobody can read. */
  readonly hear: (record: LogRecord, heardAt: number) => Heard | undefined;
  readonly resultOf: (outcome: Outcome) => AnalyticsResult;
};

export type RunningFigures = {
  /** From where each partition must be read. */
  readonly from: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
  /** Rejects when results cannot be written; they are kept, and written with the next ones. */
  handle(records: readonly LogRecord[]): Promise<void>;
  /** Closes what time alone closes. */
  tick(): Promise<void>;
};

const startOf = (progress: Progress | undefined, partition: number, earliest: number) =>
  progress?.openFrom[partition] ?? progress?.judged[partition] ?? earliest;

export const startFigures = async (topic: string, parts: FigureParts): Promise<RunningFigures> => {
  const { log, results, clock, logger, hear, resultOf } = parts;
  const { progress, behind } = await results.tail();
  const partitions = await log.offsets(topic);
  const figures = createMinuteFigures(
    partitions.map(({ partition }) => partition),
    clock.now().getTime(),
    progress,
  );
  /** What is decided and not known to be written. */
  const pending: AnalyticsResult[] = [];
  /** Written by an append that broke off in the middle, as their ids say. */
  const known = new Set(behind);
  /** The append of which nobody knows yet whether it was done. */
  let tried: { readonly progress: Progress; readonly results: number } | undefined;

  const write = async () => {
    if (tried) {
      const tail = await results.tail();
      for (const id of tail.behind) known.add(id);
      if (isDeepStrictEqual(tail.progress, tried.progress)) pending.splice(0, tried.results);
    }
    const missing = pending.filter(({ id }) => !known.delete(id));
    pending.splice(0, pending.length, ...missing);
    tried = { progress: figures.progress(), results: pending.length };
    if (pending.length > 0) await results.append(pending, tried.progress);
    pending.length = 0;
    tried = undefined;
  };
  const tell = (outcomes: readonly Outcome[]) => {
    pending.push(...outcomes.map(resultOf));
  };
  let last: Promise<void> = Promise.resolve();
  /** One after another: a tick must not come between a delivery and its results. */
  const inTurn = (work: () => void) => {
    const turn = last.then(async () => {
      work();
      if (pending.length > 0) await write();
    });
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    from: partitions.map(({ partition, earliest }) => ({
      topic,
      partition,
      offset: Math.max(earliest, startOf(progress, partition, earliest)),
    })),
    handle: (records) =>
      inTurn(() => {
        const heardAt = clock.now().getTime();
        for (const record of records) {
          const heard = hear(record, heardAt);
          if (heard) tell(figures.hear(heard));
          else
            logger.warn(
              { partition: record.partition, offset: record.offset },
              'a record that is no event has no figures',
            );
        }
      }),
    tick: () => inTurn(() => tell(figures.passTo(clock.now().getTime()))),
  };
};
