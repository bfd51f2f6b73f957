import type { Clock } from '../../kit/values/clock.ts';
import { eachOne } from '../../kit/values/each-one.ts';
import type { OrderRepository } from '../storage/order-repository.ts';

export type SweepEffects = {
  readonly orders: OrderRepository;
  readonly clock: Clock;
  readonly sweepAfterSeconds: number;
  readonly cancellationWindowSeconds: number;
  readonly startProcessing: (orderId: string) => Promise<void>;
};

/** Orders taken up in one sweep; the rest waits for the next. */
const batch = 200;

const before = (clock: Clock, seconds: number) => new Date(clock.now().getTime() - seconds * 1000);

/** Queues a job for every order that is owed a step and that nobody drives. Returns how many. */
export const sweepStuckOrders = async ({ orders, clock, sweepAfterSeconds }: SweepEffects): Promise<number> => {
  const stuck = await orders.stuck(before(clock, sweepAfterSeconds), batch);
  await eachOne(stuck, (orderId) => orders.drive(orderId));
  return stuck.length;
};

/** Sends paid orders whose cancellation window is over to fulfilment. Returns how many were due. */
export const processDueOrders = async ({
  orders,
  clock,
  cancellationWindowSeconds,
  startProcessing,
}: SweepEffects): Promise<number> => {
  const due = await orders.awaitingProcessing(before(clock, cancellationWindowSeconds), batch);
  await eachOne(due, startProcessing);
  return due.length;
};
