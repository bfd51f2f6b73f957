/** The one table of topics: who owns each, what its records are keyed by, and what they look like. */
import { cartEventSchema } from './cart-events.ts';
import { inventoryEventSchema } from './inventory-events.ts';
import { orderEventSchema } from './order-events.ts';
import { paymentEventSchema } from './payment-events.ts';
import { userEventSchema } from './user-events.ts';

export const topics = {
  'user-events': { owner: 'user', key: 'user id', schema: userEventSchema },
  'inventory-events': { owner: 'product', key: 'order id of the reservation, or product id of the adjustment', schema: inventoryEventSchema },
  'cart-events': { owner: 'cart', key: 'cart id', schema: cartEventSchema },
  'order-events': { owner: 'order', key: 'order id', schema: orderEventSchema },
  'payment-events': { owner: 'payment', key: 'payment id', schema: paymentEventSchema },
} as const;

export type TopicName = keyof typeof topics;

/** Parses a record's value against its topic's schema; throws the schema library's error on anything else. */
export const parseEvent = <Topic extends TopicName>(topic: Topic, value: string) =>
  topics[topic].schema.parse(JSON.parse(value)) as ReturnType<(typeof topics)[Topic]['schema']['parse']>;
