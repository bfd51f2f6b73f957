import { outboxRetentionDays } from '../events/outbox.ts';
import { countOf, type Law, lawResult, pagesOf, type Violation } from './law.ts';
import { readOrderHistory, type StoredEvent } from './order-model.ts';

const promisesKept: Law = {
  id: 'I1',
  sentence: 'every order that a client was promised exists, with its first event and the content of the request',
  when: 'always',
  check: async ({ orders, promises }) => {
    const headless = await orders<{ id: string }>(
      `SELECT id FROM orders o WHERE NOT EXISTS (SELECT FROM order_events e WHERE e.order_id = o.id AND e.sequence = 1 AND e.type = 'order.placed.v1')`,
    );
    const violations: Violation[] = headless.map(({ id }) => ({ subject: id, detail: 'has no first event' }));
    const promised = await orders<{ id: string; total: string; key: string | null }>(
      'SELECT o.id, o.total, k.key FROM orders o LEFT JOIN idempotency_keys k ON k.order_id = o.id WHERE o.id = ANY ($1::text[])',
      [promises.map(({ orderId }) => orderId)],
    );
    const known = new Map(promised.map((row) => [row.id, row]));
    for (const { orderId, total, idempotencyKey } of promises) {
      const order = known.get(orderId);
      if (!order) violations.push({ subject: orderId, detail: 'was answered with 201 and does not exist' });
      else if (Number(order.total) !== total)
        violations.push({ subject: orderId, detail: `was answered with a total of ${total} and has ${order.total}` });
      else if (order.key !== null && order.key !== idempotencyKey)
        violations.push({
          subject: orderId,
          detail: `was answered under key ${idempotencyKey} and stands under ${order.key}`,
        });
    }
    return { checked: (await countOf(orders, 'orders')) + promises.length, violations };
  },
};

const oneOrderPerKey: Law = {
  id: 'I2',
  sentence: 'one idempotency key, one order',
  when: 'always',
  check: async ({ orders, promises }) => {
    const doubled = await orders<{ order_id: string; keys: string }>(
      'SELECT order_id, count(*) AS keys FROM idempotency_keys WHERE order_id IS NOT NULL GROUP BY order_id HAVING count(*) > 1',
    );
    const byKey = new Map<string, Set<string>>();
    for (const { idempotencyKey, orderId } of promises)
      byKey.set(idempotencyKey, (byKey.get(idempotencyKey) ?? new Set()).add(orderId));
    const split = [...byKey]
      .filter(([, ids]) => ids.size > 1)
      .map(([key, ids]) => ({ subject: key, detail: `gave ${ids.size} orders: ${[...ids].join(', ')}` }));
    return {
      checked: (await countOf(orders, 'idempotency_keys')) + byKey.size,
      violations: [
        ...doubled.map(({ order_id, keys }) => ({ subject: order_id, detail: `stands under ${keys} keys` })),
        ...split,
      ],
    };
  },
};

const unbrokenHistory: Law = {
  id: 'I3',
  sentence: 'the history of an order counts 1, 2, 3 ... to its version, without gap or double',
  when: 'always',
  check: async ({ orders }) => {
    const broken = await orders<{ order_id: string; count: string; last: number; version: number | null }>(
      `SELECT coalesce(e.order_id, o.id) AS order_id, coalesce(e.count, 0) AS count, e.last, o.version
         FROM (SELECT order_id, count(*) AS count, max(sequence) AS last FROM order_events GROUP BY order_id) e
         FULL JOIN orders o ON o.id = e.order_id
        WHERE e.count IS DISTINCT FROM e.last OR o.version IS DISTINCT FROM e.last`,
    );
    return lawResult(
      await countOf(orders, 'order_events'),
      broken,
      ({ order_id }) => order_id,
      ({ count, last, version }) => `has ${count} events, the last numbered ${last}, and version ${version}`,
    );
  },
};

type StoredOrder = {
  readonly id: string;
  readonly status: string;
  readonly captured: string;
  readonly refunded: string;
  readonly closed: boolean;
  readonly events: StoredEvent[];
};

const historyIsTheTruth: Law = {
  id: 'I4',
  sentence: 'reading the history of an order gives its stored state',
  when: 'always',
  check: async ({ orders }) => {
    let checked = 0;
    const violations: Violation[] = [];
    // One statement sees one moment, so an order that changes meanwhile cannot look torn.
    const pages = pagesOf<StoredOrder>(
      orders,
      `SELECT o.id, o.status, o.captured, o.refunded, o.closed, jsonb_agg(jsonb_build_object('type', e.type, 'data', e.data) ORDER BY e.sequence) AS events
         FROM orders o JOIN order_events e ON e.order_id = o.id WHERE o.id > $1 GROUP BY o.id ORDER BY o.id LIMIT $2`,
      'id',
    );
    for await (const page of pages) {
      checked += page.length;
      for (const { id, status, captured, refunded, closed, events } of page) {
        const stored = JSON.stringify({ status, captured: Number(captured), refunded: Number(refunded), closed });
        const read = JSON.stringify(readOrderHistory(events));
        if (stored !== read)
          violations.push({ subject: id, detail: `is stored as ${stored} but its history says ${read}` });
      }
    }
    return { checked, violations };
  },
};

const everyOrderEnds: Law = {
  id: 'I8',
  sentence: 'every accepted order reaches a terminal state, and gives back what it took, within the limit',
  when: 'quiet',
  check: async ({ orders, now, limitSeconds }) => {
    const stuck = await orders<{ id: string; status: string; age: string }>(
      `SELECT id, status, round(extract(epoch FROM $1::timestamptz - updated_at)) AS age FROM orders
        WHERE owed AND greatest(updated_at, buyer_until) < $1::timestamptz - make_interval(secs => $2)`,
      [now, limitSeconds],
    );
    return lawResult(
      await countOf(orders, 'orders'),
      stuck,
      ({ id }) => id,
      ({ status, age }) => `is ${status} and has not moved for ${age} s`,
    );
  },
};

/** Hours that rows of the outbox may be pruned early, for clocks that differ. */
const graceHours = 1;

const everyEventNoted: Law = {
  id: 'I16',
  sentence: 'every event of an order has its row in the outbox',
  when: 'always',
  check: async ({ orders, now }) => {
    // A history without an order is named by I3.
    const unnoted = await orders<{ order_id: string; sequence: number; event_id: string }>(
      `SELECT order_id, sequence, event_id FROM order_events e
        WHERE at > $1::timestamptz - make_interval(days => $2, hours => -$3::int) AND NOT EXISTS (SELECT FROM outbox n WHERE n.id = e.event_id)
          AND EXISTS (SELECT FROM orders o WHERE o.id = e.order_id)`,
      [now, outboxRetentionDays, graceHours],
    );
    return lawResult(
      await countOf(orders, 'order_events'),
      unnoted,
      ({ order_id }) => order_id,
      ({ sequence, event_id }) => `event ${sequence} (${event_id}) was never noted for the others`,
    );
  },
};

export const orderLaws: readonly Law[] = [
  promisesKept,
  oneOrderPerKey,
  unbrokenHistory,
  historyIsTheTruth,
  everyOrderEnds,
  everyEventNoted,
];
