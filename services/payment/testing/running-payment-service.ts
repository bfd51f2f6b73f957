import type * as z from 'zod';
import { PaymentServiceDefinition } from '../../contracts/generated/cloudmart/payment/v1/payment.ts';
import { createGrpcClient } from '../../kit/grpc/grpc-client.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { testCallers, testCallSecret, testContext } from '../../kit/testing/context.ts';
import { requireDeclaredRefusals } from '../../kit/testing/declared-refusals.ts';
import { testDatabase } from '../../kit/testing/postgres.ts';
import { testTokens } from '../../kit/testing/tokens.ts';
import { startBackground, stopWhole } from '../../kit/testing/whole-service.ts';
import { paymentApp } from '../app.ts';
import type { paymentConfig } from '../config.ts';
import { manifest } from '../manifest.ts';

const sandboxConfig: z.output<typeof paymentConfig> = {
  PAYMENT_PROVIDER: 'sandbox',
  PROVIDER_TIMEOUT_MS: 2_000,
  STRIPE_API_URL: 'https://api.stripe.com',
};

/** The whole payment service on a database of its own, with its doors open and its jobs and relay at work. */
export const startPaymentService = async (own: Partial<z.output<typeof paymentConfig>> = {}) => {
  const store = await testDatabase(new URL('../storage/migrations', import.meta.url));
  const tokens = await testTokens();
  const context = testContext(manifest, {
    own: { ...sandboxConfig, ...own },
    config: {
      database: { url: store.url, connections: 10, auth: 'password' },
      events: store.url,
      callers: testCallers('payment', ['order', 'api-gateway']),
    },
    verifyToken: tokens.verifyToken,
  });
  const running = await paymentApp(context);
  const { http, grpc } = running;
  if (!http || !grpc) throw new Error('the payment service has two doors');
  const address = `127.0.0.1:${await grpc.listen('127.0.0.1:0')}`;
  const clients: { close(): void }[] = [];
  await startBackground(running);
  return {
    ...{ store, context, http },
    /** `host:port` of the gRPC door. */
    grpcAddress: address,
    /** The gRPC door as that service calls it. */
    doorFor: (caller: string) => {
      const options = { address, caller, secret: testCallSecret(caller, 'payment'), deadlineMs: 60_000 };
      const client = createGrpcClient(PaymentServiceDefinition, options);
      clients.push(client);
      return client;
    },
    customer: () => tokens.bearer({ userId: systemIds.next('usr') }),
    staff: () => tokens.bearer({ userId: systemIds.next('usr'), roles: ['customer', 'staff'] }),
    stop: async () => {
      for (const client of clients) client.close();
      await requireDeclaredRefusals(context);
      await stopWhole(running);
      await store.drop();
    },
  };
};

export type TestPaymentService = Awaited<ReturnType<typeof startPaymentService>>;
