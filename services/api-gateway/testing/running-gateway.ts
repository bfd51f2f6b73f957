import { randomBytes } from 'node:crypto';
import { OrderServiceDefinition } from '../../contracts/generated/cloudmart/order/v1/order.ts';
import { UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import type { Cache } from '../../kit/cache/cache.ts';
import { openCache } from '../../kit/cache/open-cache.ts';
import { createGrpcClient } from '../../kit/grpc/grpc-client.ts';
import { createHttpClient } from '../../kit/http/http-client.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { testCallSecret, testContext } from '../../kit/testing/context.ts';
import { requireDeclaredRefusals } from '../../kit/testing/declared-refusals.ts';
import { type TestTokens, testTokens } from '../../kit/testing/tokens.ts';
import { gatewayApp } from '../app.ts';
import type { GatewayConfig } from '../config.ts';
import { manifest } from '../manifest.ts';
import { createHttpPeer } from './http-peer.ts';
import { createOrderPeer } from './order-peer.ts';
import { createUserPeer } from './user-peer.ts';

/** Kept for all gateways of one test file: replicas share it. */
export const guestSessionSecret = randomBytes(32).toString('base64url');

/** The gateway as in production, with peers on real sockets behind it. */
export const startGateway = async (
  own: Partial<GatewayConfig> = {},
  {
    cache = openCache('memory:'),
    trustedProxies = [],
    ...given
  }: {
    readonly cache?: Cache;
    readonly tokens?: TestTokens;
    readonly trustedProxies?: readonly string[];
    readonly logger?: Logger;
  } = {},
) => {
  const tokens = given.tokens ?? (await testTokens());
  const users = createUserPeer(tokens);
  const orders = createOrderPeer(tokens);
  const peer = await createHttpPeer(tokens);
  const userPort = await users.grpc.listen('127.0.0.1:0');
  const orderPort = await orders.grpc.listen('127.0.0.1:0');
  const baseUrl = await peer.http.listen({ host: '127.0.0.1', port: 0 });

  const stopping = new AbortController();
  const context = testContext<GatewayConfig>(manifest, {
    verifyToken: tokens.verifyToken,
    logger: given.logger,
    stopping: stopping.signal,
    config: { trustedProxies },
    own: {
      ALLOWED_ORIGINS: [],
      RATE_LIMIT_PER_MINUTE: 100_000,
      LOGIN_LIMIT_PER_MINUTE: 100_000,
      ASSISTANT_LIMIT_PER_MINUTE: 100_000,
      REQUESTS_AT_ONCE: 1_000,
      GUEST_SESSION_SECRET: { secret: guestSessionSecret },
      CDN_PROOF: { secret: 'the-proof-of-the-network-of-these-tests' },
      ENVIRONMENT: 'staging',
      ...own,
    },
  });
  const grpcTo = (service: string, port: number) => ({
    address: `127.0.0.1:${port}`,
    caller: manifest.name,
    secret: testCallSecret(manifest.name, service),
    deadlineMs: 60_000,
  });
  const upstream = (service: string) => createHttpClient({ baseUrl, service, deadlineMs: 60_000 });
  const app = await gatewayApp(context, {
    users: createGrpcClient(UserServiceDefinition, grpcTo('user', userPort)),
    orders: createGrpcClient(OrderServiceDefinition, grpcTo('order', orderPort)),
    upstreams: {
      user: upstream('user'),
      product: upstream('product'),
      cart: upstream('cart'),
      payment: upstream('payment'),
      order: upstream('order'),
      assistant: upstream('assistant'),
      operations: upstream('operations'),
    },
    assistantUrl: baseUrl,
    cache,
  });
  await app.http.ready();

  return {
    http: app.http,
    tokens,
    users,
    orders,
    peer,
    /** Header of a new guest. */
    guest: async () => {
      const [cookie] = (await app.http.inject('/api/v1/cart')).cookies;
      return { cookie: `${cookie?.name}=${cookie?.value}` };
    },
    /** Begins the shut-down, as SIGTERM does. */
    beginShutdown: () => stopping.abort(),
    stop: async () => {
      stopping.abort();
      await requireDeclaredRefusals(context);
      await app.http.close();
      for (const { close } of app.resources) await close();
      await Promise.all([users.grpc.close(), orders.grpc.close(), peer.http.close()]);
    },
  };
};

export type RunningGateway = Awaited<ReturnType<typeof startGateway>>;
