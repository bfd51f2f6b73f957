/** Orders, payments and stock by their own code on real databases, in this process, driven by hand: for stories that kill in the right moment. */
import { createJobs } from '../../../services/kit/jobs/jobs.ts';
import type { Database } from '../../../services/kit/storage/database.ts';
import { systemIds } from '../../../services/kit/system-ids.ts';
import { fakeClock } from '../../../services/kit/testing/fake-clock.ts';
import { testDatabase } from '../../../services/kit/testing/postgres.ts';
import type { PaymentClient } from '../../../services/order/clients/payment-client.ts';
import type { ProductClient } from '../../../services/order/clients/product-client.ts';
import { evolve } from '../../../services/order/domain/order.ts';
import { createIdempotencyKeys } from '../../../services/order/storage/idempotency-keys.ts';
import { createOrderRepository } from '../../../services/order/storage/order-repository.ts';
import { aPlacedEvent } from '../../../services/order/testing/order-fixtures.ts';
import { processOrder } from '../../../services/order/use-cases/process-order.ts';
import { type PaymentProvider, ProviderSilence } from '../../../services/payment/clients/payment-provider.ts';
import { createSandboxProvider } from '../../../services/payment/clients/sandbox-provider.ts';
import type { Payment } from '../../../services/payment/domain/payment.ts';
import { createPaymentRepository } from '../../../services/payment/storage/payment-repository.ts';
import { authorisePayment } from '../../../services/payment/use-cases/authorise-payment.ts';
import { cancelPayment } from '../../../services/payment/use-cases/cancel-payment.ts';
import { refundPayment } from '../../../services/payment/use-cases/refund-payment.ts';
import { createProductRepository } from '../../../services/product/storage/product-repository.ts';
import { createStockRepository } from '../../../services/product/storage/stock-repository.ts';
import { createProduct } from '../../../services/product/use-cases/change-catalogue.ts';
import { commitStock } from '../../../services/product/use-cases/commit-stock.ts';
import { releaseStock } from '../../../services/product/use-cases/release-stock.ts';
import { reserveStock } from '../../../services/product/use-cases/reserve-stock.ts';
import type { Facts } from '../../laws/facts.ts';
import { factsOf, migrationsOf, readerOf, silent } from './judge-story.ts';

export const BUYER = 'usr_00000000000000000000000001';
const FINGERPRINT = 'print';
const PRICE = 3000;
/** After which the order service gives a purchase up. */
export const GIVE_UP_SECONDS = 900;

/** As the payment service tells of it. */
const told = ({ id, status, captured, refunded, declineReason }: Payment) => {
  if (status === 'pending' || status === 'unknown') throw new Error('the payment has no outcome yet');
  return { id, status, captured, refunded, declineReason: declineReason ?? undefined };
};

/** @param pester what comes between the payment service and its provider; default nothing */
export const openPurchaseRoom = async (pester: (provider: PaymentProvider) => PaymentProvider = (same) => same) => {
  const [orderStore, productStore, paymentStore] = await Promise.all(
    ['order', 'product', 'payment'].map((service) => testDatabase(migrationsOf(service))),
  ).then((stores) => stores as [(typeof stores)[number], (typeof stores)[number], (typeof stores)[number]]);
  const clock = fakeClock(new Date());
  const ids = systemIds;
  const jobs = createJobs({ database: orderStore.database, logger: silent });
  // Nobody drives but the story.
  const driver = {
    hasRoom: () => true,
    tellAfterwards: () => false,
    lastResult: () => undefined,
    take: () => undefined,
  };
  const ordersOver = (database: Database) =>
    createOrderRepository({ database, jobs, ids, limits: { undecided: 0, declinedPerHour: 0 }, driver });
  const orders = ordersOver(orderStore.database);
  const keys = createIdempotencyKeys({ sql: orderStore.database, clock });
  const stockOver = (sql: Parameters<typeof createStockRepository>[0]) => ({
    stock: createStockRepository(sql),
    ...{ clock, ids, ttlSeconds: 900 },
  });
  const stock = stockOver(productStore.database);
  const provider = pester(createSandboxProvider({ books: paymentStore.database, lateMs: 0 }));
  const payment = {
    payments: createPaymentRepository({ database: paymentStore.database, ids, clock }),
    ...{ provider, clock, isSilence: (problem: unknown) => problem instanceof ProviderSilence },
  };
  const products = {
    sell: async (orderId: string, lines: Parameters<ProductClient['sell']>[1]) => {
      const made = await reserveStock(stock, { orderId, lines, sell: true });
      return { sold: made.status === 'committed', reservedUntil: made.reservedUntil?.toISOString() ?? '' };
    },
    commit: (orderId: string) => commitStock(stock, orderId),
    release: (orderId: string, reason: string) => releaseStock(stock, { orderId, reason }),
  } as unknown as ProductClient;
  const payments = {
    charge: async (orderId, amount, token) =>
      told(await authorisePayment(payment, { orderId, amount, token, capture: true })),
    cancel: async (orderId, reason) => {
      const cancelled = await cancelPayment(payment, orderId, reason);
      return cancelled && told(cancelled);
    },
    refund: async (orderId, { refundId, amount, reason }) =>
      told(await refundPayment(payment, orderId, { refundId, amount: amount.amount, reason })),
  } as Partial<PaymentClient> as PaymentClient;
  const effects = { orders, products, payments, clock, giveUpAfterSeconds: GIVE_UP_SECONDS };

  return {
    ...{ orders, ordersOver, orderStore, productStore, keys, clock, stock, stockOver },
    /** A film with so many units. */
    offer: async (units: number): Promise<string> => {
      const details = {
        ...{ title: `Film ${ids.next('prd')}`, description: '', category: 'Drama', imageUrl: null, attributes: {} },
        price: { amount: PRICE, currency: 'USD' },
      };
      const product = await createProduct(
        { ...stock, products: createProductRepository(productStore.database) },
        { details, stock: units, actor: 'somebody' },
      );
      return product.id;
    },
    /** Writes an order under a key, as the door does once it has the key's claim. */
    place: async (productId: string, { key = ids.next('evt'), token = 'tok_visa', by = orders } = {}) => {
      const keyed = { key, fingerprint: FINGERPRINT, owner: BUYER, sessionId: null };
      const claim = await keys.claim(keyed);
      if (claim.outcome !== 'claimed') return claim;
      const event = aPlacedEvent({ orderId: ids.next('ord'), total: PRICE });
      const placed = {
        ...event,
        at: clock.now().toISOString(),
        lines: event.lines.map((line) => ({ ...line, productId })),
      };
      const order = evolve(null, placed);
      const { attempt } = claim;
      const outcome = await by.place(order, placed, { ...keyed, attempt, paymentToken: token, carts: [] });
      return { outcome, orderId: order.id };
    },
    /** Drives an order as far as it goes. */
    drive: (orderId: string) => processOrder(effects, orderId),
    facts:
      (parts: Partial<Facts> = {}) =>
      (): Facts =>
        factsOf({
          orders: readerOf(orderStore),
          products: readerOf(productStore),
          payments: readerOf(paymentStore),
          now: clock.now(),
          ...parts,
        }),
    close: async () => {
      await Promise.all([orderStore.drop(), productStore.drop(), paymentStore.drop()]);
    },
  };
};

export type PurchaseRoom = Awaited<ReturnType<typeof openPurchaseRoom>>;
