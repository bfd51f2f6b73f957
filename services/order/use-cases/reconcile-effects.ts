/** Everything that comparing and repairing needs; `app.ts` makes it. */
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { BookedPayment, BookedReservation, OrderBooks, Patience } from '../domain/drift.ts';
import type { Order } from '../domain/order.ts';
import type { OrderBooksReader } from '../storage/order-books.ts';
import type { FoundDrift, ReconciliationRepository } from '../storage/reconciliation-repository.ts';
import type { ProcessOrderEffects } from './process-order.ts';

export type ReconcileEffects = ProcessOrderEffects & {
  readonly books: OrderBooksReader;
  readonly reconciliations: ReconciliationRepository;
  readonly cancellationWindowSeconds: number;
  readonly logger: Logger;
  /** Begins the lines that the alarm on drift counts. */
  readonly driftMessage: string;
  /** Told of each drift once it is settled what became of it. */
  readonly counted: (drift: FoundDrift) => void;
};

/** Seconds beyond the last try at a purchase for which nothing counts as stuck yet: two sweeps and a step of each neighbour. */
const stuckGraceSeconds = 120;

export const patienceOf = ({ clock, giveUpAfterSeconds, cancellationWindowSeconds }: ReconcileEffects): Patience => ({
  now: clock.now(),
  stuckAfterSeconds: giveUpAfterSeconds + stuckGraceSeconds,
  cancellationWindowSeconds,
});

/**
 * What all services have of orders, without those that moved while they were asked. An order at rest is moved by nobody before its own version
 * rises, so that books which were read between two looks at the same version belong together: no time of grace is needed.
 */
export const booksOf = async (
  { books, payments, products }: ReconcileEffects,
  orders: readonly Order[],
): Promise<OrderBooks[]> => {
  if (orders.length === 0) return [];
  const ids = orders.map(({ id }) => id);
  const byOrder = <Book extends BookedPayment | BookedReservation>(all: readonly Book[]) =>
    new Map(all.map((book) => [book.orderId, book]));
  const [histories, paid, reserved] = await Promise.all([
    books.histories(ids),
    payments.booksOf(ids).then(byOrder),
    products.reservationsOf(ids).then(byOrder),
  ]);
  const versions = await books.versions(ids);
  return orders
    .filter(({ id, version }) => versions.get(id) === version)
    .map((order) => ({
      order,
      history: histories.get(order.id) ?? [],
      payment: paid.get(order.id) ?? null,
      reservation: reserved.get(order.id) ?? null,
    }));
};
