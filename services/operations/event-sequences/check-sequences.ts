import pLimit from 'p-limit';
import type { SequenceFinding } from '../../contracts/http/operations/event-sequences-api.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { ObservedLedger } from '../storage/observed-ledger.ts';
import type { HistoryEvent, OrderHistory } from '../storage/order-history.ts';
import { compareSequences } from './compare-sequences.ts';

export type CheckSequencesEffects = {
  readonly orders: OrderHistory;
  readonly ledger: ObservedLedger;
  readonly clock: Clock;
};

export type CheckedSequences = {
  readonly checked: { readonly orders: number; readonly events: number };
  readonly underWay: number;
  readonly findings: SequenceFinding[];
};

/** Orders whose entries are read at a time. */
const readAtOnce = 16;
/** Seconds from an event to its entry, with much to spare: what is younger is left for the next time. */
const settledAfterSeconds = 60;

/** Compares these orders with the ledger; one with an event that may still be on its way is left for the next time. */
export const checkOrders = async (
  { orders, ledger, clock }: CheckSequencesEffects,
  orderIds: readonly string[],
): Promise<CheckedSequences> => {
  const settled = clock.now().getTime() - settledAfterSeconds * 1000;
  const events = Map.groupBy(await orders.eventsOf(orderIds), ({ orderId }) => orderId);
  const isSettled = (history: readonly HistoryEvent[]) => history.every(({ at }) => at.getTime() <= settled);
  const quiet = orderIds.filter((id) => isSettled(events.get(id) ?? []));
  const found = await pLimit(readAtOnce).map(quiet, async (id) =>
    compareSequences(id, events.get(id) ?? [], await ledger.entriesOf(id)),
  );
  return {
    checked: { orders: quiet.length, events: quiet.reduce((sum, id) => sum + (events.get(id)?.length ?? 0), 0) },
    underWay: orderIds.length - quiet.length,
    findings: found.flat(),
  };
};

/** Compares some of the orders that were placed since then; `next` is where to go on. */
export const checkSequences = async (
  effects: CheckSequencesEffects,
  { since, after = '', limit }: { readonly since: Date; readonly after?: string | undefined; readonly limit: number },
) => {
  const orderIds = await effects.orders.placedSince(since, after, limit);
  const next = orderIds.length === limit ? (orderIds.at(-1) ?? null) : null;
  return { ...(await checkOrders(effects, orderIds)), next };
};
