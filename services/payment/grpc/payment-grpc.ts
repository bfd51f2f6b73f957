import type { ServiceImplementation } from 'nice-grpc';
import * as z from 'zod';
import type * as proto from '../../contracts/generated/cloudmart/payment/v1/payment.ts';
import {
  cardTokenSchema,
  moneySchema,
  orderIdSchema,
  refundIdSchema,
  textSchema,
} from '../../contracts/http/values.ts';
import type { GrpcCall } from '../../kit/grpc/call-guard.ts';
import type { CallersOf } from '../../kit/grpc/grpc-server.ts';
import { parseRequest } from '../../kit/grpc/parse-request.ts';
import { authorisePayment } from '../use-cases/authorise-payment.ts';
import { cancelPayment } from '../use-cases/cancel-payment.ts';
import { capturePayment } from '../use-cases/capture-payment.ts';
import type { PaymentEffects } from '../use-cases/payment-effects.ts';
import { refundPayment } from '../use-cases/refund-payment.ts';
import { messageOf } from './payment-message.ts';

const positiveMoney = moneySchema.refine(({ amount }) => amount > 0, {
  path: ['amount'],
  message: 'must be above zero',
});
const reason = textSchema(300);
const ofOrder = z.object({ orderId: orderIdSchema });
const authoriseRequest = z.object({
  orderId: orderIdSchema,
  amount: moneySchema,
  token: cardTokenSchema,
  capture: z.boolean(),
});
const cancelRequest = z.object({ orderId: orderIdSchema, reason });
const refundRequest = z.object({ orderId: orderIdSchema, refundId: refundIdSchema, amount: positiveMoney, reason });

/** Money moves for orders alone: the public gateway reads payments over HTTP and calls nothing here. */
export const paymentCallers: CallersOf<proto.PaymentServiceDefinition> = {
  authorise: ['order'],
  capture: ['order'],
  cancel: ['order'],
  refund: ['order'],
  // Part of the published contract; no service asks it.
  getPayment: [],
  findBookedPayments: ['order'],
  listBookedPayments: ['order'],
  reconcileWithProvider: ['order'],
};

type Calls = 'authorise' | 'capture' | 'cancel' | 'refund' | 'getPayment';

/** gRPC door: what the order service asks for. Who may call is checked by the service token. */
export const paymentGrpc = (
  effects: PaymentEffects,
): Pick<ServiceImplementation<proto.PaymentServiceDefinition, GrpcCall>, Calls> => ({
  authorise: async (request) => {
    const { buyerSecret, ...payment } = await authorisePayment(effects, parseRequest(authoriseRequest, request));
    return { payment: messageOf(payment), buyerSecret };
  },
  capture: async (request) => ({
    payment: messageOf(await capturePayment(effects, parseRequest(ofOrder, request).orderId)),
  }),
  cancel: async (request) => {
    const { orderId, reason: why } = parseRequest(cancelRequest, request);
    const payment = await cancelPayment(effects, orderId, why);
    return { payment: payment ? messageOf(payment) : undefined };
  },
  refund: async (request) => {
    const { orderId, amount, ...wish } = parseRequest(refundRequest, request);
    return { payment: messageOf(await refundPayment(effects, orderId, { ...wish, amount: amount.amount })) };
  },
  getPayment: async (request) => {
    const payment = await effects.payments.find(parseRequest(ofOrder, request).orderId);
    return { payment: payment ? messageOf(payment) : undefined };
  },
});
