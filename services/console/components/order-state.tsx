import type { OrderStatus } from '../../contracts/http/order-api.ts';

/** How staff call the states of an order. */
export const stateNames: Readonly<Record<OrderStatus, string>> = {
  pending: 'Placed',
  'stock-reserved': 'Reserved',
  paid: 'Paid',
  processing: 'Being packed',
  shipped: 'Shipped',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
  'payment-failed': 'Payment failed',
  refunded: 'Refunded',
};

const tones: Readonly<Partial<Record<OrderStatus, string>>> = {
  paid: 'good',
  processing: 'good',
  shipped: 'good',
  delivered: 'good',
  cancelled: 'bad',
  'payment-failed': 'bad',
};

/** The state of an order, by its name and a colour beside it. */
export const OrderState = ({ status }: { readonly status: OrderStatus }) => (
  <span className={`state ${tones[status] ?? ''}`}>{stateNames[status] ?? status}</span>
);
