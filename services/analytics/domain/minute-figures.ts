/**
 * What job.sql says, without Flink: windows of one minute by event time, a watermark ten seconds behind the latest event of the
 * slowest partition, and what comes after its window closed is late. Flink judges an event by the watermark before it, so this does.
 */

/** One record as the figures see it. */
export type Heard = {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970 when it happened; undefined: nobody can believe what it says. */
  readonly at: number | undefined;
  /** When this process got it, in the same measure. */
  readonly heardAt: number;
  /** Absent for events that no figure counts. */
  readonly paid?: PaidOrder;
};

export type PaidOrder = {
  readonly eventId: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** Id of the account, or mail address of a guest. */
  readonly buyer: string;
};

export type Minute = { readonly startMs: number; readonly currency: string };
export type ClosedMinute = Minute & {
  readonly kind: 'closed';
  readonly orders: number;
  readonly revenue: number;
  readonly uniqueUsers: number;
};
export type LateOrder = Minute & {
  readonly kind: 'late';
  readonly atMs: number;
  readonly eventId: string;
  readonly amount: number;
};
export type Outcome = ClosedMinute | LateOrder;

/** From this and the log everything else can be computed again. Partitions are keys. */
export type Progress = {
  /** Offset behind the last record that was judged. */
  readonly judged: Readonly<Record<string, number>>;
  /** Offset of the first record that an open minute counts; absent: none does. */
  readonly openFrom: Readonly<Record<string, number>>;
  /** Latest event of each partition. */
  readonly latestMs: Readonly<Record<string, number>>;
  readonly watermarkMs: number | null;
};

const MINUTE_MS = 60_000;
const DISORDER_MS = 10_000;
const IDLE_MS = 30_000;

const startOf = (atMs: number) => Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
const isClosed = (startMs: number, watermarkMs: number | null) =>
  watermarkMs !== null && watermarkMs >= startMs + MINUTE_MS - 1;

type Open = { readonly minute: Minute; readonly orders: Map<string, PaidOrder>; readonly from: Map<number, number> };

export type MinuteFigures = {
  /** Judges one record; what is to be told because of it. A record that was judged before changes nothing. */
  hear(record: Heard): Outcome[];
  /** Time passes: partitions on which nothing happened for a while hold up no minute. */
  passTo(nowMs: number): Outcome[];
  progress(): Progress;
  /** Figures of the minutes that are still open. */
  open(): ClosedMinute[];
};

const figuresOf = ({ minute, orders }: Open): ClosedMinute => {
  const paid = [...orders.values()];
  return {
    ...minute,
    kind: 'closed',
    orders: paid.length,
    revenue: paid.reduce((sum, { amount }) => sum + amount, 0),
    uniqueUsers: new Set(paid.map(({ buyer }) => buyer)).size,
  };
};

const earlier = (a: Minute, b: Minute) => a.startMs - b.startMs || (a.currency < b.currency ? -1 : 1);

/**
 * Figures from a place in the log on; `partitions` are those that the topic has. With the progress of an earlier process, records
 * from `openFrom` on must come again: those before `judged` fill the minutes that were open then.
 */
export const createMinuteFigures = (
  partitions: readonly number[],
  startedAtMs: number,
  earlierProgress?: Progress,
): MinuteFigures => {
  const keyed = (record: Readonly<Record<string, number>> = {}) =>
    new Map(Object.entries(record).map(([partition, value]) => [Number(partition), value]));
  const judged = keyed(earlierProgress?.judged);
  const latest = keyed(earlierProgress?.latestMs);
  const heard = new Map(partitions.map((partition) => [partition, startedAtMs]));
  const minutes = new Map<string, Open>();
  let watermark = earlierProgress?.watermarkMs ?? null;

  const count = ({ partition, offset }: Heard, atMs: number, paid: PaidOrder) => {
    const minute = { startMs: startOf(atMs), currency: paid.currency };
    const key = `${minute.startMs}/${minute.currency}`;
    const open = minutes.get(key) ?? { minute, orders: new Map(), from: new Map() };
    minutes.set(key, open);
    if (!open.orders.has(paid.eventId)) open.orders.set(paid.eventId, paid);
    if (!open.from.has(partition)) open.from.set(partition, offset);
  };

  const advance = (nowMs: number): Outcome[] => {
    const active = [...heard].filter(([, atMs]) => nowMs - atMs < IDLE_MS).map(([partition]) => latest.get(partition));
    if (active.length === 0 || active.includes(undefined)) return [];
    const slowest = Math.min(...active.filter((atMs) => atMs !== undefined)) - DISORDER_MS;
    watermark = Math.max(watermark ?? slowest, slowest);
    const closing = [...minutes].filter(([, { minute }]) => isClosed(minute.startMs, watermark));
    for (const [key] of closing) minutes.delete(key);
    return closing.map(([, open]) => figuresOf(open)).toSorted(earlier);
  };

  const judge = (record: Heard): Outcome[] => {
    const { at, paid } = record;
    if (paid === undefined) return [];
    const { currency, eventId, amount } = paid;
    const atMs = at ?? 0;
    if (at !== undefined && !isClosed(startOf(at), watermark)) {
      count(record, at, paid);
      return [];
    }
    return [{ kind: 'late', startMs: startOf(atMs), currency, atMs, eventId, amount }];
  };

  return {
    hear: (record) => {
      const { partition, offset, at, paid, heardAt } = record;
      if (offset < (judged.get(partition) ?? 0)) {
        if (paid && at !== undefined && !isClosed(startOf(at), watermark)) count(record, at, paid);
        return [];
      }
      judged.set(partition, offset + 1);
      heard.set(partition, heardAt);
      const outcomes = judge(record);
      const atMs = at ?? 0;
      latest.set(partition, Math.max(latest.get(partition) ?? atMs, atMs));
      return [...outcomes, ...advance(heardAt)];
    },
    passTo: advance,
    progress: () => {
      const openFrom = new Map<number, number>();
      for (const { from } of minutes.values())
        for (const [partition, offset] of from)
          openFrom.set(partition, Math.min(offset, openFrom.get(partition) ?? offset));
      return {
        judged: Object.fromEntries(judged),
        openFrom: Object.fromEntries(openFrom),
        latestMs: Object.fromEntries(latest),
        watermarkMs: watermark,
      };
    },
    open: () => [...minutes.values()].map(figuresOf).toSorted(earlier),
  };
};
