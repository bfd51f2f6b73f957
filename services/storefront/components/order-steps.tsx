import type { OrderStatus } from '../../contracts/http/order-api.ts';
import { useBuyingMessages } from '../messages/language.tsx';
import { CheckIcon } from './icons.tsx';

/** How far along each state is; those that end an order otherwise have no place on the way. */
const progress: Readonly<Partial<Record<OrderStatus, number>>> = {
  pending: 1,
  'stock-reserved': 2,
  paid: 3,
  processing: 4,
  shipped: 5,
  delivered: 6,
};
const steps = ['placed', 'reserved', 'paid', 'packed', 'shipped', 'delivered'] as const;

/** The way of an order from the click to the door, and how far it is. */
export const OrderSteps = ({ status }: { readonly status: OrderStatus }) => {
  const { order } = useBuyingMessages();
  const done = progress[status];
  if (done === undefined) return null;
  return (
    <ol className="steps">
      {steps.map((step, at) => (
        <li key={step} className={at < done ? 'step done' : 'step'} aria-current={at === done - 1 ? 'step' : undefined}>
          <span className="step-mark">{at < done && <CheckIcon />}</span>
          {order.steps[step]}
        </li>
      ))}
    </ol>
  );
};
