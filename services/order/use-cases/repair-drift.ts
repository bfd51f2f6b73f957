/** Repairs: each is a use case of everyday life, idempotent by order or refund id. Nothing writes SQL behind a service's back. */
import type { DriftRepair } from '../../contracts/http/drifts.ts';
import type { Finding, OrderBooks } from '../domain/drift.ts';
import { cancel, requestRefund } from '../domain/order-decisions.ts';
import { startProcessingOrder } from './change-order.ts';
import { type DecideOrder, decideOnNewest, existingOrder } from './decide-on-newest.ts';
import { processOrder } from './process-order.ts';
import type { ReconcileEffects } from './reconcile-effects.ts';

/** What whoever reads the order's history or the payment finds as the reason. */
const reason = 'reconciliation';

type Repair = (effects: ReconcileEffects, orderId: string, about: About) => Promise<unknown>;

type About = {
  /** Who asked for the repair; stands in the order's history. */
  readonly by: string;
  readonly finding: Finding;
  /** Absent where there is no such order. */
  readonly books?: OrderBooks;
};

const decide = async (effects: ReconcileEffects, orderId: string, by: string, decision: DecideOrder) => {
  await decideOnNewest(
    effects,
    () => existingOrder(effects, orderId),
    (order, at) => decision(order, at).map((event) => ({ ...event, by })),
  );
  await processOrder(effects, orderId);
};

const refundOf = ({ kind, refund }: Finding) => {
  if (!refund) throw new Error(`a drift of the kind ${kind} names no refund`);
  return refund;
};

const orderOf = ({ books, finding }: About) => {
  if (!books) throw new Error(`a drift of the kind ${finding.kind} has no order`);
  return books.order;
};

const repairs: Readonly<Record<Exclude<DriftRepair, 'learn-from-provider'>, Repair>> = {
  'drive-order': (effects, orderId) => processOrder(effects, orderId),
  'start-processing': (effects, orderId) => startProcessingOrder(effects, orderId),
  'cancel-order': (effects, orderId, { by }) =>
    decide(effects, orderId, by, (order, at) => cancel(order, { at, reason: 'cancelled-by-staff', note: reason })),
  'capture-payment': ({ payments }, orderId) => payments.capture(orderId),
  'cancel-payment': ({ payments }, orderId) => payments.cancel(orderId, reason),
  'refund-payment': ({ payments }, orderId, about) => {
    const { amount, ...refund } = refundOf(about.finding);
    const { currency } = orderOf(about).total;
    return payments.refund(orderId, { ...refund, amount: { amount, currency } });
  },
  'record-refund': (effects, orderId, about) => {
    const { refundId, amount, reason: why } = refundOf(about.finding);
    return decide(effects, orderId, about.by, (order, at) =>
      requestRefund(order, { at, refundId, amount: { amount, currency: order.total.currency }, reason: why }),
    );
  },
  'commit-stock': ({ products }, orderId) => products.commit(orderId),
  'sell-stock': ({ products }, orderId, about) => products.sell(orderId, orderOf(about).lines),
  'release-stock': ({ products }, orderId) => products.release(orderId, reason),
};

/** Makes the repair of a finding; throws what the use case refuses. */
export const repairDrift = async (effects: ReconcileEffects, orderId: string, about: About): Promise<void> => {
  const { repair } = about.finding;
  if (repair !== null && repair !== 'learn-from-provider') await repairs[repair](effects, orderId, about);
};
