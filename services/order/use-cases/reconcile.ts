/** Compares orders with their payments, the provider's charges and the stock, page by page, so that a crash costs one page. */
import { type DriftKind, driftKinds } from '../../contracts/http/drifts.ts';
import { mostReconciled } from '../../contracts/http/reconciliation-api.ts';
import { lowestId } from '../../kit/values/identifiers.ts';
import { type Finding, findingsOf, holdsMoney, holdsUnits, isUnderWay } from '../domain/drift.ts';
import type { Compared, Phase, Run } from '../storage/reconciliation-repository.ts';
import { booksOf, patienceOf, type ReconcileEffects } from './reconcile-effects.ts';
import { record, settle } from './settle-drift.ts';

/** What a page compared, and after what to go on; null: this was the last of its phase. */
type Page = { readonly compared: Compared; readonly after: string | null };

const dayMs = 86_400_000;
/** The last minutes are left out of the comparison with the provider: orders are being paid in them. */
const providerLagMs = 300_000;

const rangeOf = (prefix: 'ord' | 'pay', { after, since, startedAt }: Run) => ({
  after: after ?? lowestId(prefix, since),
  before: lowestId(prefix, startedAt),
  limit: mostReconciled,
});

const lastOf = (ids: readonly string[]): string | null => (ids.length < mostReconciled ? null : (ids.at(-1) ?? null));

const lookAtOrder = async (effects: ReconcileEffects, orderId: string): Promise<readonly Finding[]> => {
  const order = await effects.orders.find(orderId);
  const [books] = await booksOf(effects, order ? [order] : []);
  return books ? findingsOf(books, patienceOf(effects)) : [];
};

const compareOrders = async (effects: ReconcileEffects, run: Run): Promise<Page> => {
  const page = await effects.books.page(rangeOf('ord', run));
  const patience = patienceOf(effects);
  const still = await booksOf(effects, page);
  for (const books of still) {
    const { order, payment } = books;
    const findings = findingsOf(books, patience);
    if (findings.length === 0) continue;
    const about = { orderId: order.id, paymentId: payment?.id ?? order.paymentId };
    const lookAgain = () => lookAtOrder(effects, order.id);
    await settle(effects, run, { orderId: order.id, findings, about, books, lookAgain });
  }
  const underWay = page.length - still.filter(({ order }) => !isUnderWay(order)).length;
  return { compared: { orders: page.length, underWay }, after: lastOf(page.map(({ id }) => id)) };
};

/** Those of a page whose order does not exist: an order is written before anything is asked of others for it, and never removed. */
const withoutOrder = async <Book extends { readonly orderId: string }>(
  { books }: ReconcileEffects,
  page: readonly Book[],
): Promise<Book[]> => {
  const known = await books.versions(page.map(({ orderId }) => orderId));
  return page.filter(({ orderId }) => !known.has(orderId));
};

const comparePayments = async (effects: ReconcileEffects, run: Run): Promise<Page> => {
  const page = await effects.payments.books(rangeOf('pay', run));
  for (const { id, orderId, status, captured, refunded } of await withoutOrder(effects, page.filter(holdsMoney))) {
    const detail = `is ${status}, captured ${captured} and refunded ${refunded}`;
    const findings: Finding[] = [{ kind: 'payment-without-order', detail, repair: 'cancel-payment' }];
    const lookAgain = async () => ((await effects.payments.booksOf([orderId])).some(holdsMoney) ? findings : []);
    await settle(effects, run, { orderId, findings, about: { orderId, paymentId: id }, lookAgain });
  }
  return { compared: { payments: page.length }, after: lastOf(page.map(({ id }) => id)) };
};

const compareReservations = async (effects: ReconcileEffects, run: Run): Promise<Page> => {
  const page = await effects.products.reservations(rangeOf('ord', run));
  for (const { orderId, status } of await withoutOrder(effects, page)) {
    const findings: Finding[] = [
      { kind: 'reservation-without-order', detail: `is ${status}`, repair: 'release-stock' },
    ];
    const lookAgain = async () => ((await effects.products.reservationsOf([orderId])).some(holdsUnits) ? findings : []);
    await settle(effects, run, { orderId, findings, about: { orderId }, lookAgain });
  }
  return { compared: { reservations: page.length }, after: lastOf(page.map(({ orderId }) => orderId)) };
};

const compareStock = async (effects: ReconcileEffects, run: Run): Promise<Page> => {
  const { compared, drifts } = await effects.products.stockDrifts();
  for (const { productId, free, reserved, sold, moved, reservationsHold, reservationsSold } of drifts) {
    const detail = `moved ${moved}, has ${free} free + ${reserved} reserved + ${sold} sold; reservations hold ${reservationsHold} and sold ${reservationsSold}`;
    const outcome = run.repair ? 'left' : 'found';
    await record(effects, run, { kind: 'stock-adrift', productId, detail, repair: null, outcome });
  }
  return { compared: { products: compared }, after: null };
};

const isKnownKind = (kind: string): kind is DriftKind => Object.hasOwn(driftKinds, kind);

/** Kinds that payment repairs by what the provider says; the others are a person's. */
const learnable: ReadonlySet<DriftKind> = new Set([
  'outcome-not-learnt',
  'capture-differs',
  'refund-differs',
  'authorisation-never-voided',
  'void-not-learnt',
]);

/** A day of charges. */
const compareWithProvider = async (effects: ReconcileEffects, run: Run): Promise<Page> => {
  const since = run.after ? new Date(run.after) : run.since;
  const end = run.startedAt.getTime() - providerLagMs;
  const until = new Date(Math.min(since.getTime() + dayMs, end));
  if (until <= since) return { compared: {}, after: null };
  const request = { since: since.toISOString(), until: until.toISOString(), repair: run.repair, by: run.askedBy };
  for await (const { kind, paymentId, orderId, repaired } of effects.payments.reconcileWithProvider(request)) {
    if (!isKnownKind(kind)) throw new Error(`payment names a drift that orders do not know: ${kind}`);
    const repair = learnable.has(kind) ? 'learn-from-provider' : null;
    const outcome = repaired ? 'repaired' : run.repair ? 'left' : 'found';
    const detail = `payment ${paymentId} and its charge at the provider`;
    await record(effects, run, { kind, paymentId, orderId: orderId ?? null, detail, repair, outcome });
  }
  return { compared: {}, after: until.getTime() < end ? until.toISOString() : null };
};

const comparisons: Readonly<Record<Phase, (effects: ReconcileEffects, run: Run) => Promise<Page>>> = {
  provider: compareWithProvider,
  orders: compareOrders,
  payments: comparePayments,
  reservations: compareReservations,
  stock: compareStock,
};
const inOrder = Object.keys(comparisons) as Phase[];

/** Works on a reconciliation from where it stands to its end, or until the signal aborts; then whoever comes next goes on. */
export const reconcile = async (effects: ReconcileEffects, id: string, signal?: AbortSignal): Promise<void> => {
  for (;;) {
    signal?.throwIfAborted();
    const run = await effects.reconciliations.run(id);
    if (!run || run.isDone) return;
    const { compared, after } = await comparisons[run.phase](effects, run);
    const following = inOrder[inOrder.indexOf(run.phase) + 1];
    const next = after === null ? following && { phase: following, after: null } : { phase: run.phase, after };
    await effects.reconciliations.advance(id, compared, next ?? null);
  }
};
