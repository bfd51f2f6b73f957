/** Which event tells the customer what. Pure. */
import type { OrderEvent } from '../../contracts/events/order-events.ts';
import type { Order } from '../../contracts/http/order-api.ts';
import type { manifest } from '../manifest.ts';
import { greetedName, plainLine } from './personal-words.ts';

export const messageKinds = [
  'order-confirmed',
  'order-shipped',
  'order-delivered',
  'payment-failed',
  'order-cancelled',
  'refund-made',
] as const;
export type MessageKind = (typeof messageKinds)[number];

/** What sending takes of a message, whatever it says. */
export type MessageHead = {
  /** The same for the same message, whoever sends it and however often. */
  readonly notificationId: string;
  readonly kind: string;
  readonly to: string;
  /** Id of the order or account that it is about. */
  readonly about: string;
  /** Which of the recipient's limits it counts against; null for none. */
  readonly counted: 'paid' | 'unpaid' | 'unproved' | null;
  /** Whether it may be left out when its recipient gets too many, instead of waiting. */
  readonly isDispensable: boolean;
};

export type OrderMessage = MessageHead & {
  readonly kind: MessageKind;
  /** The buyer's name; null for what is no name, and while nothing is paid. */
  readonly customerName: string | null;
  /** Lines of the address, where it matters; empty while nothing is paid. */
  readonly shippingTo: readonly string[];
  readonly order: Omit<Order, 'shippingAddress' | 'cancellation'> & { readonly cancelledBecause: string | null };
  /** What was given back, for `refund-made`, and the units that came back for it, if any did. */
  readonly refund:
    | ({ readonly amount: number; readonly currency: string } & {
        readonly returned: readonly { readonly title: string; readonly quantity: number }[];
      })
    | null;
};

/** Every event that the manifest consumes calls for a message. */
const kinds: Readonly<Record<(typeof manifest.consumes)['order-events'][number], MessageKind>> = {
  'order.paid.v1': 'order-confirmed',
  'order.shipped.v1': 'order-shipped',
  'order.delivered.v1': 'order-delivered',
  'order.payment-failed.v1': 'payment-failed',
  'order.cancelled.v1': 'order-cancelled',
  'order.refunded.v1': 'refund-made',
};
const kindOf = new Map<string, MessageKind>(Object.entries(kinds));

/** Kinds that say where the goods go. */
const withAddress: ReadonlySet<MessageKind> = new Set(['order-confirmed', 'order-shipped']);

const linesOf = ({ name, street, line2, city, state, zip, country }: Order['shippingAddress']): string[] =>
  [name, street, line2, `${zip} ${city}`, state, country]
    .map((line) => plainLine(line ?? ''))
    .filter((line) => line !== '');

/** Units that a refund is for, by the titles under which they were bought. */
const returnedFor = (refundId: string, { returns, items }: Pick<Order, 'returns' | 'items'>) =>
  (returns.find((each) => each.refundId === refundId)?.items ?? []).map(({ productId, quantity }) => ({
    title: items.find((item) => item.productId === productId)?.title ?? productId,
    quantity,
  }));

/** The message that an event calls for; null for events that are nobody's mail. One message per order and kind, one per refund. */
export const messageFor = (event: OrderEvent): OrderMessage | null => {
  const kind = kindOf.get(event.type);
  if (kind === undefined) return null;
  const { customer } = event.data;
  const { shippingAddress, cancellation, ...order } = event.data.order;
  const isPaid = order.payment.captured.amount > 0;
  const refund = event.type === 'order.refunded.v1' ? event.data : null;
  return {
    notificationId: refund ? `${order.id}:${kind}:${refund.refundId}` : `${order.id}:${kind}`,
    kind,
    to: order.email,
    about: order.id,
    // Nobody has proved the address; without money the mail says nothing in the buyer's words.
    counted: isPaid ? 'paid' : 'unpaid',
    isDispensable: !isPaid && (kind === 'payment-failed' || kind === 'order-cancelled'),
    customerName: isPaid ? greetedName(customer.name) : null,
    shippingTo: isPaid && withAddress.has(kind) ? linesOf(shippingAddress) : [],
    order: { ...order, cancelledBecause: cancellation?.reason ?? null },
    refund: refund && { ...refund.amount, returned: returnedFor(refund.refundId, event.data.order) },
  };
};
