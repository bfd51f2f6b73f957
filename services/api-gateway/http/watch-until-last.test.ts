import { describe, expect, it } from '@jest/globals';
import type { Order, OrderStatus } from '../../contracts/http/order-api.ts';
import { orderDoors } from '../../contracts/http/order-doors.ts';
import type { DoorEvent } from '../../kit/http/doors.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { watchUntilLast } from './watch-until-last.ts';

type Sighting = DoorEvent<{ order: Order }>;

const sighting = (id: number, status: OrderStatus): Sighting => ({ id, data: { order: { status } as Order } });
const away = () => new Refusal('unavailable', 'order.unavailable', 'away');

/** Streams as the order service gives them, one after the other; an error ends a stream. */
const streams = (...scripts: (Sighting | Error)[][]) => {
  let opened = 0;
  const open = async function* () {
    const script = scripts[opened++];
    if (!script) throw new Error('opened once too often');
    for (const step of script) {
      if (step instanceof Error) throw step;
      yield step;
    }
  };
  return { open, opened: () => opened };
};
const collect = async (open: () => AsyncIterable<Sighting>, signal = new AbortController().signal) => {
  const seen: number[] = [];
  for await (const { id } of watchUntilLast(open, orderDoors.watch.events.isLast, signal)) seen.push(id);
  return seen;
};

describe('watching an order', () => {
  it('ends when the purchase is decided', async () => {
    const { open } = streams([
      sighting(1, 'pending'),
      sighting(2, 'stock-reserved'),
      sighting(3, 'paid'),
      sighting(4, 'shipped'),
    ]);
    expect(await collect(open)).toEqual([1, 2, 3]);
  });

  it('opens the stream again when it ends early or breaks, and repeats nothing', async () => {
    const { open, opened } = streams(
      [sighting(1, 'pending')],
      [sighting(1, 'pending'), sighting(2, 'stock-reserved'), away()],
      [away()],
      [sighting(3, 'cancelled')],
    );
    expect(await collect(open)).toEqual([1, 2, 3]);
    expect(opened()).toBe(4);
  });

  it.each([away(), new Refusal('missing', 'order.unknown', 'none')])(
    'throws what the first stream refuses: $code',
    async (refusal) => {
      await expect(collect(streams([refusal]).open)).rejects.toBe(refusal);
    },
  );

  it('throws a refusal that comes later and is no interruption', async () => {
    const refusal = new Refusal('forbidden', 'token.invalid', 'expired');
    await expect(collect(streams([sighting(1, 'pending')], [refusal]).open)).rejects.toBe(refusal);
  });

  it('ends in silence when nobody listens any more', async () => {
    const leaving = new AbortController();
    const open = async function* () {
      yield sighting(1, 'pending');
      leaving.abort();
      throw away();
    };
    expect(await collect(open, leaving.signal)).toEqual([1]);
  });
});
