import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CloudEvent } from './cloud-event.ts';
import { deadLetterOf, deadLetterRecord } from './dead-letters.ts';
import { laneOf, receive } from './received-event.ts';

const record = (value: string, headers: Record<string, string> = {}) => ({
  ...{ topic: 'order-events', partition: 2, offset: 7, key: 'ord_1', value, headers },
  timestamp: new Date(0),
});
const refuse = (): CloudEvent => {
  throw new TypeError('no schema matches');
};

describe('a received record', () => {
  test('that parses is an event under its own id', () => {
    const parsed = receive(record('{}'), () => ({ id: 'evt_1' }) as CloudEvent);
    expect(parsed).toMatchObject({ outcome: 'event', eventId: 'evt_1' });
  });

  test('that the consumer has no use for is ignored', () => {
    expect(receive(record('{}'), () => undefined)).toMatchObject({ outcome: 'ignored' });
  });

  test('of a type that the consumer does not act on is ignored: unread where its header says the type, else once it is read', () => {
    const actsOn = (topic: string, type: string) => topic === 'order-events' && type === 'order.placed.v1';
    const parsed = (type: string) => () => ({ id: 'evt_1', type }) as CloudEvent;
    expect(receive(record('garbage', { type: 'order.paid.v1' }), refuse, actsOn)).toMatchObject({ outcome: 'ignored' });
    expect(receive(record('{}'), parsed('order.paid.v1'), actsOn)).toMatchObject({ outcome: 'ignored' });
    expect(receive(record('{}'), parsed('order.placed.v1'), actsOn)).toMatchObject({ outcome: 'event' });
    expect(receive(record('garbage', { type: 'order.placed.v1' }), refuse, actsOn)).toMatchObject({
      outcome: 'invalid',
    });
  });

  test.each([
    ['its header', record('garbage', { id: 'evt_2' }), 'evt_2'],
    ['its value', record('{"id":"evt_3"}'), 'evt_3'],
    ['nowhere', record('garbage'), undefined],
    ['nowhere when the id is no text', record('{"id":4}'), undefined],
  ])('that matches no schema is invalid and has the id found in %s', (_, broken, eventId) => {
    expect(receive(broken, refuse)).toMatchObject({ outcome: 'invalid', eventId, error: { name: 'TypeError' } });
  });
});

test('a key always has the same lane, and lanes are all used', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 32 }), (key, lanes) => {
      const lane = laneOf({ topic: 'order-events', key }, lanes);
      expect(lane).toBe(laneOf({ topic: 'order-events', key }, lanes));
      expect(lane >= 0 && lane < lanes).toBe(true);
    }),
  );
  const used = new Set(Array.from({ length: 100 }, (_, at) => laneOf({ topic: 't', key: `ord_${at}` }, 8)));
  expect(used.size).toBe(8);
});

test('a dead letter says the same after its way through the log', () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.string()), (value, headers) => {
      const letter = {
        ...{
          topic: 'order-events',
          partition: 3,
          offset: 12,
          key: 'ord_1',
          eventId: 'evt_1',
          consumer: 'payment',
          value,
        },
        ...{ reason: 'failed' as const, attempts: 5, errorClass: 'RangeError', errorMessage: 'too far' },
        ...{ firstFailure: new Date(1_000), lastFailure: new Date(2_000) },
        headers,
      };
      const { traceparent: _, ...read } = deadLetterOf(deadLetterRecord(letter) as Parameters<typeof deadLetterOf>[0]);
      expect(read).toEqual(letter);
    }),
  );
});
