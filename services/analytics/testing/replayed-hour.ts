/** One hour of purchases as they reach the log: amounts and customers of the replay's sample, a tenth of them where they should not be. */
import { readFileSync } from 'node:fs';
import type { NewRecord } from '../../kit/events/event-log.ts';

const sample = new URL('../../../lib/replay/cdnow-sample.txt', import.meta.url);
const hourMs = 3_600_000;
const startMs = Date.parse('2026-03-01T10:00:00.000Z');

/** A purchase of the sample: customer, cents. */
const purchases = (count: number) =>
  readFileSync(sample, 'utf8')
    .split('\n')
    .slice(0, count)
    .map((line) => {
      const [customer = '', , , , dollars = '0'] = line.trim().split(/\s+/);
      return { customer, amount: Math.round(Number(dollars) * 100) };
    });

const paidEvent = (number: number, atMs: number, amount: number, customer: string) => ({
  specversion: '1.0',
  id: `evt_${String(number).padStart(26, '0')}`,
  source: 'order',
  type: number % 9 === 0 ? 'order.placed.v1' : 'order.paid.v1',
  subject: `ord_${String(number).padStart(26, '0')}`,
  time: new Date(atMs).toISOString(),
  datacontenttype: 'application/json',
  data: {
    order: { email: `customer-${customer}@example.com` },
    customer: { userId: number % 4 === 0 ? null : `usr_${customer}`, name: null },
    captured: { amount, currency: number % 7 === 0 ? 'EUR' : 'USD' },
  },
  sequence: 3,
});

/** An hour in parts, so that what arrives in one is late by what came in those before, however the partitions are read. */
export type HourPart = {
  readonly records: readonly NewRecord[];
  /** An event that no figure counts, and that closes every minute of the part when each partition has it. */
  readonly closing: string;
};

/** When a purchase was made: all of them evenly over the hour. */
const at = (number: number, count: number) => startMs + Math.floor((number * hourMs) / count);

/**
 * The same hour for a topic of several partitions: up to eight seconds of disorder, every 20th purchase in the part after its own, which
 * is after its minute closed, every 20th twice.
 * @param keys of records; every one of them is used in every part
 */
export const replayedParts = (count: number, parts: number, keys: readonly string[]): HourPart[] => {
  const partMs = hourMs / parts;
  const arrivals = purchases(count).flatMap(({ customer, amount }, number) => {
    const atMs = at(number, count);
    const part = Math.floor((atMs - startMs) / partMs);
    const arrival = {
      part: number % 20 === 13 ? part + 1 : part,
      arrivesMs: atMs + ((number * 7_919) % 8_000),
      record: {
        key: keys[number % keys.length] ?? '',
        value: JSON.stringify(paidEvent(number, atMs, amount, customer)),
      },
    };
    return number % 20 === 4 ? [arrival, arrival] : [arrival];
  });
  return Array.from({ length: parts + 1 }, (_, part) => ({
    records: arrivals
      .filter((arrival) => arrival.part === part)
      .toSorted((a, b) => a.arrivesMs - b.arrivesMs)
      .map(({ record }) => record),
    closing: JSON.stringify({
      ...paidEvent(800_000 + part, startMs + (part + 1) * partMs + 10_000, 1, '1'),
      type: 'order.placed.v1',
    }),
  }));
};

/**
 * Records in the order of their arrival: up to eight seconds of disorder everywhere, every 20th purchase 3 minutes late, every 20th
 * comes twice, and among them what no figure counts.
 */
export const replayedHour = (count: number): NewRecord[] => {
  const arrivals = purchases(count).flatMap(({ customer, amount }, number) => {
    const atMs = at(number, count);
    const disorderMs = (number * 7_919) % 8_000;
    const arrivesMs = atMs + (number % 20 === 13 ? 180_000 : disorderMs);
    const value = JSON.stringify(paidEvent(number, atMs, amount, customer));
    const record = { arrivesMs, key: `ord_${number}`, value };
    return number % 20 === 4 ? [record, { ...record, arrivesMs: arrivesMs + 1_500 }] : [record];
  });
  const odd = [
    '{',
    '5',
    '{}',
    'null',
    JSON.stringify({ ...paidEvent(900_001, startMs, 100, '1'), time: 'noon' }),
    JSON.stringify(paidEvent(900_002, Date.parse('2999-01-01T00:00:00.000Z'), 100, '1')),
    JSON.stringify({ ...paidEvent(900_003, startMs + 600_000, 100, '1'), data: { captured: { amount: 'much' } } }),
  ].map((value, number) => ({ arrivesMs: startMs + number * 400_000, key: `odd-${number}`, value }));
  return [...arrivals, ...odd].toSorted((a, b) => a.arrivesMs - b.arrivesMs).map(({ key, value }) => ({ key, value }));
};
