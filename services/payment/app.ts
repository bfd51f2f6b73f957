import type * as z from 'zod';
import { PaymentServiceDefinition } from '../contracts/generated/cloudmart/payment/v1/payment.ts';
import { paymentDoors } from '../contracts/http/payment-doors.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { openOwned, openPool } from '../kit/start/open-owned.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { ProviderSilence, withDeadline } from './clients/payment-provider.ts';
import { createSandboxProvider } from './clients/sandbox-provider.ts';
import type { paymentConfig } from './config.ts';
import { paymentCallers, paymentGrpc } from './grpc/payment-grpc.ts';
import { paymentHandlers } from './http/payment-handlers.ts';
import { createPaymentRepository } from './storage/payment-repository.ts';
import { authorisePayment } from './use-cases/authorise-payment.ts';
import { cancelPayment } from './use-cases/cancel-payment.ts';
import { capturePayment } from './use-cases/capture-payment.ts';
import type { PaymentEffects } from './use-cases/payment-effects.ts';
import { recordCharge } from './use-cases/record-charge.ts';
import { refundPayment } from './use-cases/refund-payment.ts';
import { resolveUndecided } from './use-cases/resolve-undecided.ts';

/** Seconds between two looks for payments whose caller never came back, and how old such a payment is. */
const resolveEverySeconds = 15;
const resolveAfterSeconds = 30;
/** How much later than our patience the sandbox answers when it is asked to be late. */
const latenessMs = 1_000;
/** The sandbox's own connections: it stands for another company, whose commits are not ours. */
const sandboxConnections = 2;

/** Wires the payments: what main.ts runs and what the tests run. */
export const paymentApp = async (context: ServiceContext<z.output<typeof paymentConfig>>): Promise<RunningService> => {
  const { config, clock, ids, functions } = context;
  const timeoutMs = config.own.PROVIDER_TIMEOUT_MS;

  const owned = await openOwned(context);
  const { database, jobs } = owned;
  const books = openPool(context, { connections: sandboxConnections, poolName: 'sandbox' });

  const payments = createPaymentRepository({ database, ids, clock });
  const sandbox = createSandboxProvider({
    books,
    lateMs: timeoutMs + latenessMs,
    onNotice: async (key, charge) => {
      const payment = await payments.findById(key);
      if (payment) await recordCharge(effects, payment.orderId, charge);
    },
  });
  const effects: PaymentEffects = {
    payments,
    provider: withDeadline(sandbox, timeoutMs),
    clock,
    isSilence: (problem) => problem instanceof ProviderSilence,
  };
  functions.register({ authorisePayment, capturePayment, cancelPayment, refundPayment });

  const http = await createHttpServer({ context });
  addDoors(http, paymentDoors, paymentHandlers(payments));
  const grpc = createGrpcServer({ context }).add(PaymentServiceDefinition, paymentGrpc(effects), paymentCallers);

  jobs.schedule('resolve-undecided', resolveEverySeconds, () => resolveUndecided(effects, resolveAfterSeconds));

  return owned.running({ http, grpc, resources: [{ name: 'sandbox', close: () => books.close() }] });
};
