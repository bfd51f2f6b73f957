import type { Caller } from '../../kit/auth/caller.ts';
import { evolve, type Order } from '../domain/order.ts';
import { eventNote } from '../domain/order-view.ts';
import type { ChangeOrderEffects } from './decide-on-newest.ts';
import { findOrder } from './find-order.ts';

export type TimelineEntry = {
  readonly sequence: number;
  readonly type: string;
  readonly status: Order['status'];
  readonly at: string;
  readonly note: string | null;
};

/** Everything that happened to an order, oldest first, with the state after each event. */
export const orderTimeline = async (
  effects: ChangeOrderEffects,
  caller: Caller,
  orderId: string,
): Promise<TimelineEntry[]> => {
  await findOrder(effects, caller, orderId);
  let order: Order | null = null;
  return (await effects.orders.history(orderId)).map((event) => {
    order = evolve(order, event);
    return { sequence: order.version, type: event.type, status: order.status, at: event.at, note: eventNote(event) };
  });
};
