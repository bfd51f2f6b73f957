/** The one table of topics: who owns each, what its records are keyed by, and what they look like. */
import { analyticsResultSchema } from './analytics-results.ts';
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
  'analytics-results': {
    owner: 'analytics',
    key: 'minute and currency, or id of the late event',
    schema: analyticsResultSchema,
  },
} as const;

export type TopicName = keyof typeof topics;
export type AnyEvent = ReturnType<(typeof topics)[TopicName]['schema']['parse']>;

/** Types of events that the topic's schema describes. */
const knownTypes = (topic: TopicName): ReadonlySet<string> =>
  new Set(topics[topic].schema.options.map(({ shape }) => shape.type.value));

const isCloudEvent = (event: unknown): event is { type: string } =>
  typeof event === 'object' &&
  event !== null &&
  'specversion' in event &&
  event.specversion === '1.0' &&
  'type' in event &&
  typeof event.type === 'string';

/**
 * Parses a record's value against its topic's schema. Undefined for an event of a type that the schema does not describe:
 * a producer that is newer than its consumer, as while both are deployed. Throws the schema library's error for a described
 * event that is malformed, and one that names the topic when that is unknown.
 */
export const parseEvent = (value: string, topic: string): AnyEvent | undefined => {
  if (!Object.hasOwn(topics, topic)) throw new Error(`topic "${topic}" is not in services/contracts/events/topics.ts`);
  const event: unknown = JSON.parse(value);
  if (isCloudEvent(event) && !knownTypes(topic as TopicName).has(event.type)) return undefined;
  return topics[topic as TopicName].schema.parse(event);
};
