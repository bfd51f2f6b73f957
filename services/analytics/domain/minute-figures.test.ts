import { describe, expect, test } from '@jest/globals';
import { createMinuteFigures, type Heard, type MinuteFigures } from './minute-figures.ts';

const ten = Date.parse('2026-03-01T10:00:00.000Z');

let offset = 0;
/** A payment so many milliseconds after ten o'clock. */
const payment = (
  atMs: number,
  parts: Partial<Heard> & { id?: string; amount?: number; buyer?: string } = {},
): Heard => {
  offset += 1;
  const { id = `evt_${offset}`, amount = 100, buyer = 'ada', ...rest } = parts;
  return {
    ...{ partition: 0, offset, at: ten + atMs, heardAt: 0 },
    paid: { eventId: id, amount, currency: 'USD', buyer },
    ...rest,
  };
};
const hearAll = (figures: MinuteFigures, records: readonly Heard[]) =>
  records.flatMap((record) => figures.hear(record));
const onePartition = () => createMinuteFigures([0], 0);

describe('a minute', () => {
  test('is told once its last millisecond is ten seconds behind the latest event, and no earlier', () => {
    const figures = onePartition();
    expect(hearAll(figures, [payment(5_000), payment(7_000, { amount: 101 }), payment(69_998)])).toEqual([]);
    expect(figures.hear(payment(69_999))).toEqual([
      { kind: 'closed', startMs: ten, currency: 'USD', orders: 2, revenue: 201, uniqueUsers: 1 },
    ]);
  });

  test('counts an event that comes twice once, and each customer once', () => {
    const figures = onePartition();
    hearAll(figures, [
      payment(1, { id: 'evt_a' }),
      payment(1, { id: 'evt_a' }),
      payment(2, { buyer: 'bob' }),
      payment(3),
    ]);
    expect(figures.open()).toMatchObject([{ orders: 3, uniqueUsers: 2 }]);
  });

  test('is told with the currencies of its orders apart', () => {
    const figures = onePartition();
    const yen = { eventId: 'evt_yen', amount: 7, currency: 'JPY', buyer: 'ada' };
    expect(hearAll(figures, [payment(1), payment(2, { paid: yen }), payment(70_000)])).toMatchObject([
      { currency: 'JPY', revenue: 7 },
      { currency: 'USD', revenue: 100 },
    ]);
  });

  test('waits for a partition that is behind, but not for one on which nothing happens', () => {
    const figures = createMinuteFigures([0, 1, 2], 0);
    expect(hearAll(figures, [payment(1), payment(90_000), payment(5, { partition: 1 })])).toEqual([]);
    expect(figures.hear(payment(80_000, { partition: 1, heardAt: 29_000 }))).toEqual([]);
    expect(figures.passTo(29_999)).toEqual([]);
    expect(figures.passTo(30_000)).toMatchObject([{ startMs: ten, orders: 2 }]);
  });
});

describe('an order', () => {
  test('that comes after its minute has closed is told as late, and changes no figure', () => {
    const figures = onePartition();
    hearAll(figures, [payment(1), payment(70_000)]);
    expect(figures.hear(payment(59_999, { id: 'evt_late', amount: 7 }))).toEqual([
      { kind: 'late', startMs: ten, currency: 'USD', atMs: ten + 59_999, eventId: 'evt_late', amount: 7 },
    ]);
    expect(figures.open()).toMatchObject([{ startMs: ten + 60_000, orders: 1 }]);
  });

  test('whose time nobody can believe is late, and closes nothing', () => {
    const figures = onePartition();
    hearAll(figures, [payment(1)]);
    expect(figures.hear(payment(0, { at: undefined }))).toMatchObject([{ kind: 'late', startMs: 0 }]);
    expect(figures.open()).toHaveLength(1);
  });

  test('is judged by the watermark before it, so that the first of all is never late', () => {
    expect(onePartition().hear(payment(600_000))).toEqual([]);
  });
});

test('figures go on from any progress as if nothing had happened, when the log is read again from there', () => {
  const records = Array.from({ length: 400 }, (_, number) =>
    payment((number * 2_003) % 700_000, {
      offset: number,
      partition: 0,
      id: `evt_${number % 350}`,
      buyer: `b${number % 9}`,
    }),
  );
  const whole = onePartition();
  const expected = hearAll(whole, records);
  for (let cut = 0; cut <= records.length; cut += 7) {
    const first = onePartition();
    const told = hearAll(first, records.slice(0, cut));
    const progress = JSON.parse(JSON.stringify(first.progress()));
    const second = createMinuteFigures([0], 0, progress);
    const from = progress.openFrom[0] ?? progress.judged[0] ?? 0;
    told.push(...hearAll(second, records.slice(from)));
    expect(told).toEqual(expected);
    expect(second.open()).toEqual(whole.open());
  }
});
