import { OrderServiceDefinition } from '../contracts/generated/cloudmart/order/v1/order.ts';
import { UserServiceDefinition } from '../contracts/generated/cloudmart/user/v1/user.ts';
import { openCache } from '../kit/cache/open-cache.ts';
import { createGrpcClient } from '../kit/grpc/grpc-client.ts';
import { createHttpClient } from '../kit/http/http-client.ts';
import { openCallees } from '../kit/start/open-callees.ts';
import { runService } from '../kit/start/run-service.ts';
import { gatewayApp } from './app.ts';
import { gatewayConfig } from './config.ts';
import { manifest } from './manifest.ts';

/** Less than the 15 s of a request, so that a callee that hangs is answered for and not cut off. */
const deadlineMs = 10_000;

await runService(manifest, gatewayConfig, async (context) => {
  const { cache } = context.config;
  // The health of the gateway asks each of them for its own.
  const callees = openCallees(context, { isInHealth: false });
  const grpcTo = (name: string) => callees.grpc(name, deadlineMs);
  const httpTo = (name: string) => createHttpClient({ ...callees.http(name, deadlineMs), connections: 64 });
  const app = await gatewayApp(context, {
    users: createGrpcClient(UserServiceDefinition, grpcTo('user')),
    orders: createGrpcClient(OrderServiceDefinition, grpcTo('order')),
    upstreams: {
      user: httpTo('user'),
      product: httpTo('product'),
      cart: httpTo('cart'),
      payment: httpTo('payment'),
      order: httpTo('order'),
      assistant: httpTo('assistant'),
      operations: httpTo('operations'),
    },
    assistantUrl: callees.http('assistant', deadlineMs).baseUrl,
    cache: openCache(cache ?? 'memory:', {
      namespace: manifest.name,
      logger: context.logger,
      metrics: context.metrics,
    }),
  });
  return { ...app, resources: [...app.resources, { name: 'breakers', close: () => callees.close() }] };
});
