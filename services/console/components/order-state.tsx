import type { OrderStatus } from '../../contracts/http/order-api.ts';
import { stateNames } from '../messages/order-states.ts';

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
