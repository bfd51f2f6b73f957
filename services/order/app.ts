import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { orderEventSchema } from '../contracts/events/order-events.ts';
import { parseEvent } from '../contracts/events/topics.ts';
import { OrderServiceDefinition } from '../contracts/generated/cloudmart/order/v1/order.ts';
import { driftKinds } from '../contracts/http/drifts.ts';
import { orderDoors } from '../contracts/http/order-doors.ts';
import { reconciliationDoors } from '../contracts/http/reconciliation-doors.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createConsumer } from '../kit/events/consumer.ts';
import { type Handlers, onEach } from '../kit/events/handlers.ts';
import { answerCalls } from '../kit/grpc/door-calls.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { createDirectWork, type DirectWork } from '../kit/jobs/direct-work.ts';
import { driftMessage } from '../kit/manifest.ts';
import { openCallees } from '../kit/start/open-callees.ts';
import { openOwned } from '../kit/start/open-owned.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { startAtZero } from '../kit/telemetry/metrics.ts';
import { idFrom } from '../kit/values/identifiers.ts';
import { createCartClient } from './clients/cart-client.ts';
import { createPaymentClient } from './clients/payment-client.ts';
import { createProductClient } from './clients/product-client.ts';
import { createUserClient } from './clients/user-client.ts';
import type { orderConfig } from './config.ts';
import { canonicalJson } from './domain/canonical-json.ts';
import type { Order } from './domain/order.ts';
import { refundIdFrom } from './domain/refund-id.ts';
import { hearingWith } from './events/hearing.ts';
import { type DecisiveInventoryEvent, handleInventoryEvent } from './events/on-inventory-event.ts';
import { handleOrderEvent, type OwingOrderEvent } from './events/on-order-event.ts';
import { type DecisivePaymentEvent, handlePaymentEvent } from './events/on-payment-event.ts';
import { orderHandlers } from './http/order-handlers.ts';
import { reconciliationHandlers } from './http/reconciliation-handlers.ts';
import { manifest as declared } from './manifest.ts';
import { createCartOrders } from './storage/cart-orders.ts';
import { createIdempotencyKeys } from './storage/idempotency-keys.ts';
import { createOrderBooks } from './storage/order-books.ts';
import { listenForOrderChanges } from './storage/order-changes.ts';
import { registerOrderGauges } from './storage/order-gauges.ts';
import { createOrderRepository, type KnownOrder, processOrderQueue } from './storage/order-repository.ts';
import { createReconciliationRepository } from './storage/reconciliation-repository.ts';
import { createToldOrders } from './storage/told-orders.ts';
import { beginReconciliation, bySchedule } from './use-cases/begin-reconciliation.ts';
import { catchUp } from './use-cases/catch-up.ts';
import { startProcessingOrder } from './use-cases/change-order.ts';
import { orderFigures } from './use-cases/order-figures.ts';
import { processOrder } from './use-cases/process-order.ts';
import { reconcile } from './use-cases/reconcile.ts';
import { processDueOrders, sweepStuckOrders } from './use-cases/sweep-orders.ts';

/** Milliseconds to wait for a neighbour; payment waits for its provider in turn. */
const deadlineMs = 3_000;
const paymentDeadlineMs = 5_000;
/** Orders driven at the same time by one process, and by its jobs; each mostly waits for its neighbours. */
const drivenAtOnce = 16;
/** Milliseconds for which the answer to a buyer waits for the outcome: most are told it at once, and need not ask for it. */
const decidedWithinMs = 25;
const sweepEverySeconds = 10;
/** Orders that a starting process takes up at once: those that nobody has moved for longer than a step takes as a rule. */
const abandonedAfterMs = 2_000;
const abandonedAtOnce = 200;
/** Days for which a repeated request finds its order, and an order waits for the cart to hear of the one before. */
const keepKeysDays = 7;
/** The schedule compares the last week four times a day; 36 million orders take half an hour. */
const reconcileEverySeconds = 21_600;
const reconcileDays = 7;
const reconcileQueue = 'reconcile';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

/** Wires the orders: what main.ts runs and what the tests run. */
export const orderApp = async (context: ServiceContext<z.output<typeof orderConfig>>): Promise<RunningService> => {
  const { manifest, config, logger, metrics, clock, ids, functions } = context;
  const owned = await openOwned(context);
  const { database, log, jobs } = owned;

  const callees = openCallees(context);
  const products = createProductClient(callees.grpc('product', deadlineMs));
  const payments = createPaymentClient(callees.grpc('payment', paymentDeadlineMs));
  const users = createUserClient(callees.grpc('user', deadlineMs));
  const carts = createCartClient(callees.http('cart', deadlineMs));

  const driver: DirectWork<KnownOrder, Order> = createDirectWork({
    work: (orderId, known) => processOrder(driving, orderId, known),
    queue: (orderId) => orders.queue(orderId),
    abandoned: () => orders.stuck(new Date(clock.now().getTime() - abandonedAfterMs), abandonedAtOnce),
    logger,
    concurrency: drivenAtOnce,
  });
  const changes = await listenForOrderChanges({ database, logger });
  const orders = createOrderRepository({
    database,
    jobs,
    ids,
    driver,
    changed: changes.changed,
    count: orderFigures(metrics),
    limits: { undecided: config.own.UNDECIDED_ORDERS, declinedPerHour: config.own.DECLINED_ORDERS_PER_HOUR },
  });
  const keys = createIdempotencyKeys({ sql: database, clock });
  const cartOrders = createCartOrders({ sql: database, clock });
  const driving = { orders, products, payments, clock, giveUpAfterSeconds: config.own.GIVE_UP_AFTER_SECONDS };
  const useCases = {
    effects: {
      driving,
      orders,
      keys,
      carts,
      products,
      users,
      ids,
      clock,
      changesOf: changes.changesOf,
      decided: async (order: Order) => (await driver.resultOf(order.id, decidedWithinMs)) ?? order,
      fingerprint: (body: unknown) => sha256(canonicalJson(body)).toString('base64url'),
    },
    refundIdOf: (orderId: string, key: string | undefined) =>
      key === undefined ? ids.next('rfd') : refundIdFrom(sha256(`${orderId}/${key}`)),
    returnIdsOf: (orderId: string, key: string | undefined) => {
      const returnId = key === undefined ? ids.next('ret') : idFrom('ret', sha256(`return/${orderId}/${key}`));
      return { returnId, refundId: returnId.replace('ret_', 'rfd_') };
    },
  };

  jobs.work<{ orderId: string }>(processOrderQueue, { concurrency: drivenAtOnce, retryLimit: 5 }, ({ orderId }) =>
    processOrder(driving, orderId),
  );
  const sweeping = {
    orders,
    clock,
    sweepAfterSeconds: config.own.SWEEP_AFTER_SECONDS,
    cancellationWindowSeconds: config.own.CANCELLATION_WINDOW_SECONDS,
    startProcessing: (orderId: string) => startProcessingOrder({ orders, clock }, orderId),
  };
  jobs.schedule('sweep-stuck-orders', sweepEverySeconds, () => sweepStuckOrders(sweeping));
  jobs.schedule('process-due-orders', sweepEverySeconds, () => processDueOrders(sweeping));
  jobs.schedule('forget-idempotency-keys', 3_600, () => keys.forget(keepKeysDays));
  jobs.schedule('forget-cart-orders', 3_600, () => cartOrders.forget(keepKeysDays));

  const reconciliations = createReconciliationRepository({ sql: database, clock });
  const drifts = metrics.counter({
    name: 'order_drifts_total',
    help: 'Differences between orders, payments, charges and stock, by what became of them.',
    labels: ['kind', 'outcome'],
  });
  startAtZero(
    drifts,
    Object.keys(driftKinds).flatMap((kind) => ['found', 'left'].map((outcome) => ({ kind, outcome }))),
  );
  registerOrderGauges({ database, metrics, logger, clock });
  const reconciling = {
    ...driving,
    reconciliations,
    books: createOrderBooks(database),
    logger,
    driftMessage,
    cancellationWindowSeconds: config.own.CANCELLATION_WINDOW_SECONDS,
    counted: ({ kind, outcome }: { kind: string; outcome: string }) => drifts.inc({ kind, outcome }),
  };
  const beginning = {
    reconciliations,
    clock,
    ids,
    queue: (id: string) => jobs.enqueue(undefined, reconcileQueue, { id }),
  };
  jobs.work<{ id: string }>(
    reconcileQueue,
    { concurrency: 1, retryLimit: 5, timeoutSeconds: 10_800 },
    ({ id }, signal) => reconcile(reconciling, id, signal),
  );
  jobs.schedule('begin-reconciliation', reconcileEverySeconds, () =>
    beginReconciliation(beginning, { askedBy: bySchedule, repair: false, days: reconcileDays }),
  );
  jobs.schedule('forget-reconciliations', 86_400, () => reconciliations.forget());

  const hearing = hearingWith(driver, orders);
  const consumer = createConsumer({
    service: manifest.name,
    database,
    log,
    logger,
    metrics,
    clock,
    parse: parseEvent,
    handlers: {
      'order-events': onEach(declared.consumes['order-events'], hearing<OwingOrderEvent>(handleOrderEvent)),
      'payment-events': onEach(declared.consumes['payment-events'], hearing<DecisivePaymentEvent>(handlePaymentEvent)),
      'inventory-events': onEach(
        declared.consumes['inventory-events'],
        hearing<DecisiveInventoryEvent>(handleInventoryEvent),
      ),
    } satisfies Handlers<typeof declared.consumes>,
  });
  functions.register({
    processOrder,
    handleOrderEvent,
    handlePaymentEvent,
    handleInventoryEvent,
  });

  const http = await createHttpServer({ context });
  const handlers = orderHandlers(useCases);
  addDoors(http, orderDoors, handlers, { stopping: context.stopping });
  addDoors(http, reconciliationDoors, reconciliationHandlers(beginning));
  const grpc = createGrpcServer({ context }).add(
    OrderServiceDefinition,
    answerCalls(OrderServiceDefinition, orderDoors, handlers),
  );

  // Orders are taken without the log, too: then a later start looks.
  await catchUp({
    ...{ log, told: createToldOrders(database), orders, clock, logger },
    parse: (value) => {
      const event = parseEvent(value, 'order-events');
      return event && orderEventSchema.parse(event);
    },
  }).catch((error: unknown) =>
    logger.warn({ error }, 'the log could not be asked whether it knows more than the database'),
  );

  return owned.running({
    http,
    grpc,
    consumer,
    work: [{ name: 'order driver', start: () => driver.start(), stop: () => driver.stop() }],
    background: [{ name: 'order changes', stop: () => changes.stop() }],
    resources: [
      { name: 'product', close: () => products.close() },
      { name: 'payment', close: () => payments.close() },
      { name: 'user', close: () => users.close() },
      { name: 'breakers', close: () => callees.close() },
    ],
  });
};
