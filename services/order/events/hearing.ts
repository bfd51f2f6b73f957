/** How what is heard of an order and whoever drives it in this process keep out of each other's way, and nothing is lost between them. */
import type { Sql } from '../../kit/storage/database.ts';
import type { Order } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import type { OrderDriver, OrderRepository } from '../storage/order-repository.ts';

export type Hearing = Pick<OrderDriver, 'lastResult'> & {
  /** Whether the order is in hand here. If so the event is kept, and handled again once the order is free. */
  keepWhileInHand(orderId: string): boolean;
};

type Handle<Event> = (orders: OrderRepository, event: Event, hearing: Hearing) => Promise<void>;

/** A handler that keeps events about orders in hand. In the ordinary course the driver's result then shows that they teach nothing. */
export const hearingWith =
  (
    driver: Pick<OrderDriver, 'lastResult' | 'tellAfterwards'>,
    orders: OrderRepository & { within(tx: Sql): OrderRepository },
  ) =>
  <Event>(handle: Handle<Event>) =>
  (event: Event, tx: Sql): Promise<void> => {
    const { lastResult } = driver;
    const tell = () => handle(orders, event, { lastResult, keepWhileInHand: () => false });
    const keepWhileInHand = (orderId: string) => driver.tellAfterwards(orderId, tell);
    return handle(orders.within(tx), event, { lastResult, keepWhileInHand });
  };

const maxTries = 5;

/** Adds to an order what it is taught, and to its newest state where somebody else has changed it since it was read. */
export const learn = async (
  orders: Pick<OrderRepository, 'find' | 'append'>,
  order: Order,
  teach: (order: Order) => OrderEvent[],
): Promise<void> => {
  let newest: Order | null = order;
  for (let attempt = 0; newest && attempt < maxTries; attempt++) {
    if (await orders.append(newest, teach(newest), { drive: true })) return;
    newest = await orders.find(order.id);
  }
  throw new Error(`order ${order.id} changes faster than what was heard of it can be written`);
};
