import type { OrderStatus } from '../../contracts/http/order-api.ts';

/** How staff call the states of an order, in the order in which it passes through them. */
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

/** Every state; from here and not from the contract, whose schemas would come along. */
export const orderStates = Object.keys(stateNames) as readonly OrderStatus[];
