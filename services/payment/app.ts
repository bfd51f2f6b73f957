import type * as z from 'zod';
import { PaymentServiceDefinition } from '../contracts/generated/cloudmart/payment/v1/payment.ts';
import { paymentDoors } from '../contracts/http/payment-doors.ts';
import { webhookDoors } from '../contracts/http/webhook-doors.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { driftMessage } from '../kit/manifest.ts';
import { openOwned } from '../kit/start/open-owned.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { openProvider } from './clients/open-provider.ts';
import { type Notice, ProviderSilence } from './clients/payment-provider.ts';
import type { paymentConfig } from './config.ts';
import { paymentCallers, paymentGrpc } from './grpc/payment-grpc.ts';
import { reconciliationGrpc } from './grpc/reconciliation-grpc.ts';
import { paymentHandlers } from './http/payment-handlers.ts';
import { webhookHandlers } from './http/webhook-handlers.ts';
import { createHeardNotices } from './storage/heard-notices.ts';
import { createPaymentBooks } from './storage/payment-books.ts';
import { createPaymentRepository } from './storage/payment-repository.ts';
import { authorisePayment } from './use-cases/authorise-payment.ts';
import { cancelPayment } from './use-cases/cancel-payment.ts';
import { capturePayment } from './use-cases/capture-payment.ts';
import { hearNotice } from './use-cases/hear-notice.ts';
import type { PaymentEffects } from './use-cases/payment-effects.ts';
import { paymentFigures } from './use-cases/payment-figures.ts';
import { reconcileWithProvider } from './use-cases/reconcile-with-provider.ts';
import { recordCharge } from './use-cases/record-charge.ts';
import { refundPayment } from './use-cases/refund-payment.ts';
import { resolveUndecided } from './use-cases/resolve-undecided.ts';
import { createDriftLog } from './use-cases/tell-drift.ts';

/** Seconds between two looks for payments whose caller never came back, and how old such a payment is. */
const resolveEverySeconds = 15;
const resolveAfterSeconds = 30;
const forgetEverySeconds = 86_400;
/** What began up to three turns ago is compared, so that a missed turn is made up for; not the last minutes, in which orders are being paid. */
const reconcileEverySeconds = 1_800;
const reconcileAfterSeconds = 300;

/** Wires the payments: what main.ts runs and what the tests run. */
export const paymentApp = async (context: ServiceContext<z.output<typeof paymentConfig>>): Promise<RunningService> => {
  const { clock, ids, functions, logger, metrics } = context;

  const owned = await openOwned(context);
  const { database, jobs } = owned;

  const payments = createPaymentRepository({ database, ids, clock, count: paymentFigures(metrics) });
  const opened = await openProvider(context, async (key, charge) => {
    const payment = await payments.findById(key);
    if (payment) await recordCharge(effects, payment.orderId, charge);
  });
  const effects: PaymentEffects = {
    payments,
    provider: opened.provider,
    clock,
    isSilence: (problem) => problem instanceof ProviderSilence,
  };
  const heard = createHeardNotices(database);
  functions.register({ authorisePayment, capturePayment, cancelPayment, refundPayment });

  const http = await createHttpServer({ context });
  addDoors(http, paymentDoors, paymentHandlers(payments));
  const hear = (notice: Notice) => hearNotice(effects, heard, notice);
  addDoors(http, webhookDoors, webhookHandlers({ read: opened.readNotice, hear }));
  const tellDrift = createDriftLog({ logger, metrics, driftMessage });
  const books = createPaymentBooks(database);
  const grpc = createGrpcServer({ context }).add(
    PaymentServiceDefinition,
    { ...paymentGrpc(effects), ...reconciliationGrpc({ effects, books, tellDrift }) },
    paymentCallers,
  );

  jobs.schedule('resolve-undecided', resolveEverySeconds, () => resolveUndecided(effects, resolveAfterSeconds));

  jobs.schedule('reconcile-with-provider', reconcileEverySeconds, async () => {
    const ago = (seconds: number) => new Date(clock.now().getTime() - seconds * 1000);
    const span = { since: ago(reconcileEverySeconds * 3), until: ago(reconcileAfterSeconds) };
    for await (const drift of reconcileWithProvider(effects, { ...span, repairs: true }))
      tellDrift(drift, 'reconcile-with-provider');
  });
  jobs.schedule('forget-notices', forgetEverySeconds, () => heard.forgetOld());

  return owned.running({ http, grpc, resources: opened.resources });
};
