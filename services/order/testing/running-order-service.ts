import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { CompatServiceDefinition, ServiceImplementation } from 'nice-grpc';
import type * as z from 'zod';
import { OrderServiceDefinition } from '../../contracts/generated/cloudmart/order/v1/order.ts';
import { PaymentServiceDefinition } from '../../contracts/generated/cloudmart/payment/v1/payment.ts';
import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import type { GrpcCall } from '../../kit/grpc/call-guard.ts';
import { createGrpcClient } from '../../kit/grpc/grpc-client.ts';
import { createGrpcServer } from '../../kit/grpc/grpc-server.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { testCallSecret, testContext } from '../../kit/testing/context.ts';
import { requireDeclaredRefusals } from '../../kit/testing/declared-refusals.ts';
import { hangUp, listen } from '../../kit/testing/loopback.ts';
import { testManifest } from '../../kit/testing/manifest.ts';
import { testDatabase } from '../../kit/testing/postgres.ts';
import { type TestTokens, testTokens } from '../../kit/testing/tokens.ts';
import { startBackground, stopWhole } from '../../kit/testing/whole-service.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { orderApp } from '../app.ts';
import type { orderConfig } from '../config.ts';
import { manifest } from '../manifest.ts';
import { createStock, createTill } from './neighbours.ts';

type CartItem = { readonly productId: string; readonly quantity: number };

/** Calls that the order service never makes are refused. */
const only = <Definition extends CompatServiceDefinition>(
  definition: Definition,
  calls: Partial<ServiceImplementation<Definition, GrpcCall>>,
) => {
  const refused = async () => {
    throw new Refusal('missing', 'call.unexpected', 'The order service was not expected to make this call.');
  };
  const methods = Object.keys((definition as unknown as { methods: object }).methods);
  return {
    ...Object.fromEntries(methods.map((method) => [method, refused])),
    ...calls,
  } as ServiceImplementation<Definition, GrpcCall>;
};

const usd = (amount: number) => ({ amount, currency: 'USD' });

/** Some version that is equal for equal items. */
export const cartVersion = (items: readonly CartItem[]): string =>
  createHash('sha256').update(JSON.stringify(items)).digest('base64url').slice(0, 22);

/** Product, payment and user behind real gRPC doors, and the cart behind HTTP, all in memory. */
const startNeighbours = async (tokens: TestTokens) => {
  const stock = createStock();
  const till = createTill();
  const carts = new Map<string, CartItem[]>();
  const door = (name: string) =>
    createGrpcServer({ context: testContext(testManifest({ name }), { verifyToken: tokens.verifyToken }) });
  const paymentOf = async (orderId: string, payment: Awaited<ReturnType<typeof till.client.cancel>>) =>
    payment && { ...payment, orderId, captured: usd(payment.captured), refunded: usd(payment.refunded) };
  const product = door('product').add(
    ProductServiceDefinition,
    only(ProductServiceDefinition, {
      getProducts: async ({ ids }) => ({ products: await stock.client.prices(ids) }),
      reserveStock: async ({ orderId, lines }) => {
        const { sold, reservedUntil } = await stock.client.sell(orderId, lines);
        return { reserved: sold, sold, shortages: [], reservedUntil };
      },
      commitStock: async ({ orderId }) => ({ committed: await stock.client.commit(orderId) }),
      releaseStock: async ({ orderId, reason }) => {
        await stock.client.release(orderId, reason);
        return {};
      },
      takeBackStock: async ({ orderId, name, lines }) => {
        await stock.client.takeBack(orderId, name, lines);
        return {};
      },
      listReservations: async () => ({ reservations: [] }),
      listStockDrifts: async () => ({ compared: 0, drifts: [] }),
    }),
  );
  const payment = door('payment').add(
    PaymentServiceDefinition,
    only(PaymentServiceDefinition, {
      listBookedPayments: async () => ({ payments: [] }),
      reconcileWithProvider: async function* () {},
      authorise: async ({ orderId, amount, token }) => {
        const answer = await till.client.charge(orderId, amount ?? usd(0), token);
        if (answer.status === 'awaiting-buyer') {
          const begun = { id: 'pay_00000000000000000000000000', status: 'pending', orderId };
          return { payment: begun, buyerSecret: answer.buyerSecret };
        }
        return { payment: (await paymentOf(orderId, answer)) ?? undefined };
      },
      cancel: async ({ orderId, reason }) => ({
        payment: (await paymentOf(orderId, await till.client.cancel(orderId, reason))) ?? undefined,
      }),
      refund: async ({ orderId, refundId, amount, reason }) => ({
        payment:
          (await paymentOf(
            orderId,
            await till.client.refund(orderId, { refundId, amount: amount ?? usd(0), reason }),
          )) ?? undefined,
      }),
    }),
  );
  const user = door('user').add(
    UserServiceDefinition,
    only(UserServiceDefinition, {
      getProfile: async (_request, { caller }) => {
        if (caller.kind !== 'customer') throw new Refusal('unauthenticated', 'token.missing', 'Sign in first.');
        const { userId: id } = caller;
        return {
          user: {
            id,
            email: `${id}@example.com`,
            name: 'Ada Example',
            roles: [],
            createdAt: '2026-01-01T00:00:00.000Z',
          },
        };
      },
    }),
  );
  /** Orders that the cart has heard of. */
  const heard = new Set<string>();
  const asked: string[] = [];
  const cart = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://cart');
    asked.push(String(request.url));
    response.setHeader('content-type', 'application/json');
    const after = searchParams.get('after')?.split(',') ?? [];
    if (after.some((id) => !heard.has(id))) {
      response.statusCode = 409;
      return response.end(JSON.stringify({ code: 'cart.order-pending', detail: 'The cart still holds it.' }));
    }
    const items = carts.get(String(request.headers.authorization ?? request.headers['x-session-id'])) ?? [];
    const line = { title: 'Stale', unitPrice: usd(1), lineTotal: usd(1), available: true };
    const version = cartVersion(items);
    return response.end(
      JSON.stringify({
        items: items.map((item) => ({ ...line, ...item })),
        ...{ total: null, version, degraded: false, updatedAt: null },
      }),
    );
  });
  const cartPort = await listen(cart);
  const open = async (server: { listen(address: string): Promise<number> }) =>
    `127.0.0.1:${await server.listen('127.0.0.1:0')}`;
  return {
    ...{ stock, till, carts, cartHeardOf: heard, cartRequests: asked },
    callees: {
      product: { grpc: await open(product) },
      payment: { grpc: await open(payment) },
      user: { grpc: await open(user) },
      cart: { url: `http://127.0.0.1:${cartPort}` },
    },
    stop: async () => {
      for (const server of [product, payment, user]) await server.close();
      await hangUp(cart);
    },
  };
};

export type OrderServiceOptions = {
  /** URL of the log; default: in the service's own database. */
  readonly eventsUrl?: string;
  /** Whether its driver and its jobs wait for `startDriving`, so that only events move its orders; default false. */
  readonly driveLater?: boolean;
  /** Real neighbours in place of those in memory. */
  readonly callees?: Readonly<Record<string, { readonly grpc: string }>>;
  /** Limits of buyers; default none. */
  readonly limits?: Partial<Pick<z.output<typeof orderConfig>, 'UNDECIDED_ORDERS' | 'DECLINED_ORDERS_PER_HOUR'>>;
};

/** The whole order service on a database of its own, with its doors open, its jobs and events at work, and neighbours. */
export const startOrderService = async ({
  eventsUrl,
  driveLater = false,
  callees = {},
  limits = {},
}: OrderServiceOptions = {}) => {
  const store = await testDatabase(new URL('../storage/migrations', import.meta.url));
  const tokens = await testTokens();
  const neighbours = await startNeighbours(tokens);
  const context = testContext(manifest, {
    own: {
      SWEEP_AFTER_SECONDS: 30,
      GIVE_UP_AFTER_SECONDS: 900,
      CANCELLATION_WINDOW_SECONDS: 1_800,
      UNDECIDED_ORDERS: 0,
      DECLINED_ORDERS_PER_HOUR: 0,
      ...limits,
    },
    config: {
      database: { url: store.url, connections: 10, auth: 'password' },
      events: eventsUrl ?? store.url,
      callees: { ...neighbours.callees, ...callees },
    },
    verifyToken: tokens.verifyToken,
  });
  const running = await orderApp(context);
  const { http, grpc } = running;
  if (!http || !grpc) throw new Error('the order service has two doors');
  const client = createGrpcClient(OrderServiceDefinition, {
    address: `127.0.0.1:${await grpc.listen('127.0.0.1:0')}`,
    ...{ caller: 'api-gateway', secret: testCallSecret('api-gateway', 'order'), deadlineMs: 60_000 },
  });
  const { background = [] } = running;
  const drives = ({ name }: { name: string }) => name === 'jobs' || name === 'order driver';
  await startBackground({ background: driveLater ? background.filter((each) => !drives(each)) : background });
  return {
    ...{ store, context, http, client, ...neighbours },
    customer: () => tokens.bearer({ userId: systemIds.next('usr') }),
    staff: () => tokens.bearer({ userId: systemIds.next('usr'), roles: ['customer', 'staff'] }),
    /** Starts the driver and the jobs that `driveLater` has kept waiting. */
    startDriving: () => startBackground({ background: background.filter(drives) }),
    guest: () => ({ 'x-session-id': systemIds.next('ses') }),
    /** Puts a new product on the shelf and returns its id. */
    offer: ({ amount = 1500, stock = 10 } = {}): string => {
      const id = systemIds.next('prd');
      neighbours.stock.shelf.set(id, { id, title: 'A film', price: usd(amount), stock });
      return id;
    },
    stop: async () => {
      client.close();
      await requireDeclaredRefusals(context);
      await stopWhole(running);
      await neighbours.stop();
      await store.drop();
    },
  };
};

export type TestOrderService = Awaited<ReturnType<typeof startOrderService>>;
