/** The one table of topics: who owns each, what its records are keyed by, and what they look like. */
import { cartEventSchema } from './cart-events.ts';
import { inventoryEventSchema } from './inventory-events.ts';
import { orderEventSchema } from './order-events.ts';
import { paymentEventSchema } from './payment-events.ts';
import { userEventSchema } from './user-events.ts';

export const topics = {
  'user-events': { owner: 'user', key: 'user id', schema: userEventSchema },
  'inventory-events': {
    owner: 'product',
    key: 'order id of the reservation, or product id of the adjustment',
    schema: inventoryEventSchema,
  },
  'cart-events': { owner: 'cart', key: 'cart id', schema: cartEventSchema },
  'order-events': { owner: 'order', key: 'order id', schema: orderEventSchema },
  'payment-events': { owner: 'payment', key: 'payment id', schema: paymentEventSchema },
} as const;

export type TopicName = keyof typeof topics;
export type AnyEvent = ReturnType<(typeof topics)[TopicName]['schema']['parse']>;

/** Parses a record's value against its topic's schema; throws the schema library's error, or one that names an unknown topic. */
export const parseEvent = (value: string, topic: string): AnyEvent => {
  if (!Object.hasOwn(topics, topic)) throw new Error(`topic "${topic}" is not in services/contracts/events/topics.ts`);
  return topics[topic as TopicName].schema.parse(JSON.parse(value));
};
