import type * as z from 'zod';
import { PaymentServiceDefinition } from '../contracts/generated/cloudmart/payment/v1/payment.ts';
import { paymentDoors } from '../contracts/http/payment-doors.ts';
import { webhookDoors } from '../contracts/http/webhook-doors.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { openOwned } from '../kit/start/open-owned.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { openProvider } from './clients/open-provider.ts';
import { type Notice, ProviderSilence } from './clients/payment-provider.ts';
import type { paymentConfig } from './config.ts';
import { paymentCallers, paymentGrpc } from './grpc/payment-grpc.ts';
import { paymentHandlers } from './http/payment-handlers.ts';
import { webhookHandlers } from './http/webhook-handlers.ts';
import { createHeardNotices } from './storage/heard-notices.ts';
import { createPaymentRepository } from './storage/payment-repository.ts';
import { authorisePayment } from './use-cases/authorise-payment.ts';
import { cancelPayment } from './use-cases/cancel-payment.ts';
import { capturePayment } from './use-cases/capture-payment.ts';
import { hearNotice } from './use-cases/hear-notice.ts';
import type { PaymentEffects } from './use-cases/payment-effects.ts';
import { type Drift, reconcileWithProvider } from './use-cases/reconcile-with-provider.ts';
import { recordCharge } from './use-cases/record-charge.ts';
import { refundPayment } from './use-cases/refund-payment.ts';
import { resolveUndecided } from './use-cases/resolve-undecided.ts';

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

  const payments = createPaymentRepository({ database, ids, clock });
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
  const grpc = createGrpcServer({ context }).add(PaymentServiceDefinition, paymentGrpc(effects), paymentCallers);

  jobs.schedule('resolve-undecided', resolveEverySeconds, () => resolveUndecided(effects, resolveAfterSeconds));

  const drifts = metrics.counter({
    name: 'payment_drifts_total',
    help: "Differences between our payments and the provider's charges, by what became of them.",
    labels: ['kind', 'outcome'],
  });
  jobs.schedule('reconcile-with-provider', reconcileEverySeconds, () => {
    const ago = (seconds: number) => new Date(clock.now().getTime() - seconds * 1000);
    const span = { since: ago(reconcileEverySeconds * 3), until: ago(reconcileAfterSeconds) };
    const onDrift = (drift: Drift) => {
      drifts.inc({ kind: drift.kind, outcome: drift.isRepaired ? 'repaired' : 'left' });
      // The record of each repair: what, of whom, by whom; the time is the line's own.
      const told = { ...drift, by: 'reconcile-with-provider' };
      if (drift.isRepaired) logger.warn(told, 'a payment differed from its charge and was brought in line');
      else logger.error(told, 'a payment differs from its charge; settle it with the provider');
    };
    return reconcileWithProvider(effects, { ...span, repairs: true, onDrift });
  });
  jobs.schedule('forget-notices', forgetEverySeconds, () => heard.forgetOld());

  return owned.running({ http, grpc, resources: opened.resources });
};
