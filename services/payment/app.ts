import { PaymentServiceDefinition } from '../contracts/generated/cloudmart/payment/v1/payment.ts';
import type { ServiceContext } from '../kit/context.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { createJobs } from '../kit/jobs.ts';
import { createDatabase } from '../kit/storage/database.ts';
import { migrate } from '../kit/storage/migrate.ts';
import { createRelay } from '../kit/storage/relay.ts';
import { ProviderSilence, withDeadline } from './clients/payment-provider.ts';
import { createSandboxProvider } from './clients/sandbox-provider.ts';
import { paymentGrpc } from './grpc/payment-grpc.ts';
import { addPaymentRoutes } from './http/payment-routes.ts';
import { createPaymentRepository } from './storage/payment-repository.ts';
import { authorisePayment } from './use-cases/authorise-payment.ts';
import { cancelPayment } from './use-cases/cancel-payment.ts';
import { capturePayment } from './use-cases/capture-payment.ts';
import { type PaymentEffects, recordCharge } from './use-cases/payment-effects.ts';
import { refundPayment } from './use-cases/refund-payment.ts';
import { resolveUndecided } from './use-cases/resolve-undecided.ts';

/** Seconds between two looks for payments whose caller never came back, and their age. */
const resolveEverySeconds = 15;
const resolveAfterSeconds = 30;
/** How much later than our patience the sandbox answers when it is asked to be late. */
const latenessMs = 1_000;

export type PaymentConfig = { PAYMENT_PROVIDER: 'sandbox'; PROVIDER_TIMEOUT_MS: number };
