import { formatMoney } from '../../kit/values/money.ts';
import type { OrderMessage } from '../domain/message.ts';

export type Wording = { readonly subject: string; readonly paragraphs: readonly string[] };

/** Why no money was taken, for people. */
const failures: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    'card-declined': 'Your bank declined the card.',
    'insufficient-funds': 'The card has insufficient funds.',
    'card-unknown': 'The card could not be recognised.',
  }),
);

const cancellations: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    'cancelled-by-customer': 'You cancelled it.',
    'cancelled-by-staff': 'We cancelled it.',
    'out-of-stock': 'Somebody was quicker: an item of your order is sold out.',
    'reservation-expired': 'The items were reserved for you, but the payment took too long.',
    'timed-out': 'The payment could not be completed in time.',
  }),
);

/** What a message says in words. */
export const wordingOf = ({ kind, order, refund }: OrderMessage): Wording => {
  switch (kind) {
    case 'order-confirmed':
      return {
        subject: `Your order for ${formatMoney(order.total)} is confirmed`,
        paragraphs: ['Thank you. We have received your payment and are getting your order ready.'],
      };
    case 'order-shipped':
      return {
        subject: 'Your order is on its way',
        paragraphs: [
          `We handed your parcel to ${order.shipment?.carrier ?? 'the carrier'}. Tracking number: ${order.shipment?.trackingNumber ?? 'unknown'}.`,
        ],
      };
    case 'order-delivered':
      return {
        subject: 'Your order has been delivered',
        paragraphs: ['Your parcel has arrived. We hope you enjoy it.'],
      };
    case 'payment-failed':
      return {
        subject: 'Your payment did not go through',
        paragraphs: [
          failures.get(order.payment.failure ?? '') ?? 'The payment was not accepted.',
          'You have not been charged. The items went back on the shelf; you can order them again.',
        ],
      };
    case 'order-cancelled':
      return {
        subject: 'Your order is cancelled',
        paragraphs: [
          cancellations.get(order.cancelledBecause ?? '') ?? 'The order was cancelled.',
          'If anything was charged, it goes back to your card.',
        ],
      };
    case 'refund-made':
      return {
        subject: `We refunded ${refund ? formatMoney(refund) : 'your payment'}`,
        paragraphs: [
          `${refund ? formatMoney(refund) : 'The amount'} is on its way back to your card. Banks take a few days to show it.`,
          ...(refund && refund.returned.length > 0
            ? [`It is for ${refund.returned.map(({ title, quantity }) => `${quantity} × ${title}`).join(', ')}.`]
            : []),
        ],
      };
  }
};
