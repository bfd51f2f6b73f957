import { describe, expect, test } from '@jest/globals';
import { parseEvent, topics } from './topics.ts';

const event = (parts: Record<string, unknown> = {}) =>
  JSON.stringify({
    specversion: '1.0',
    id: 'evt_00000000000000000000000001',
    source: 'payment',
    type: 'payment.captured.v1',
    subject: 'pay_00000000000000000000000001',
    time: '2026-03-01T10:00:00.000Z',
    datacontenttype: 'application/json',
    data: {
      paymentId: 'pay_00000000000000000000000001',
      orderId: 'ord_00000000000000000000000001',
      amount: { amount: 3000, currency: 'USD' },
    },
    sequence: 2,
    ...parts,
  });

describe('an event', () => {
  test('of a known type is read', () => {
    expect(parseEvent(event(), 'payment-events')).toMatchObject({ type: 'payment.captured.v1', sequence: 2 });
  });

  test.each(['payment.disputed.v1', 'payment.captured.v2'])(
    'of the type %s, newer than its reader, is none of its business',
    (type) => {
      expect(parseEvent(event({ type, data: { any: 'thing' } }), 'payment-events')).toBeUndefined();
    },
  );

  test.each([
    ['that lacks what its type must have', event({ data: {} })],
    ['without a number in its order', event({ sequence: 0 })],
    ['without an envelope', JSON.stringify({ type: 'payment.disputed.v1' })],
    ['without a type', event({ type: undefined })],
    ['that is no object', 'null'],
    ['that is no JSON', '{'],
  ])('%s is refused', (_what, value) => {
    expect(() => parseEvent(value, 'payment-events')).toThrow();
  });

  test.each(['basket-events', 'toString'])('of the unknown topic %s is refused by name', (topic) => {
    expect(() => parseEvent(event(), topic)).toThrow(`topic "${topic}" is not in`);
  });
});

test.each(Object.keys(topics) as (keyof typeof topics)[])(
  'types of %s are named noun.fact.vN and stand once',
  (topic) => {
    const types = topics[topic].schema.options.map(({ shape }) => shape.type.value);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(type).toMatch(/^[a-z]+(\.[a-z]+(-[a-z]+)*)\.v\d+$/);
  },
);
