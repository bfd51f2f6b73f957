/** Stories of orders, money and stock: what a sound build does in the very moment in which each planted bug shows. */
import pg from 'pg';
import type { Database, Sql } from '../../../services/kit/storage/database.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { cancel, requestRefund } from '../../../services/order/domain/order-decisions.ts';
import { ProviderSilence } from '../../../services/payment/clients/payment-provider.ts';
import { expireReservations } from '../../../services/product/use-cases/expire-reservations.ts';
import { reserveStock } from '../../../services/product/use-cases/reserve-stock.ts';
import { auditOrders, storedOrders } from '../../replay/own-orders.ts';
import type { Finding, InvariantVerdict } from '../invariants.ts';
import { type Judgement, judgeStory } from './judge-story.ts';
import { BUYER, GIVE_UP_SECONDS, openPurchaseRoom, type PurchaseRoom } from './purchase-room.ts';

/** Longer than a claim of a key lasts. */
const CLAIM_MS = 21_000;
const KEY = 'key-of-the-story';

/** A database that is killed with the process right after its first statement. */
const dyingAfterOne = (database: Database): Database => {
  let asked = 0;
  const query = async (...parameters: Parameters<Database['query']>) => {
    asked += 1;
    if (asked > 1) throw new Error('killed');
    return database.query(...parameters);
  };
  return { ...database, query: query as Database['query'] };
};

/** The id of an order that was placed there. Throws what came instead. */
export const placed = async (room: PurchaseRoom, productId: string, parts?: Parameters<PurchaseRoom['place']>[1]) => {
  const answer = await room.place(productId, parts);
  if (!('orderId' in answer)) throw new Error(`no order was placed: ${answer.outcome}`);
  return answer.orderId;
};

const found = async (room: PurchaseRoom, orderId: string) => {
  const order = await room.orders.find(orderId);
  if (!order) throw new Error(`${orderId} is not there`);
  return order;
};

/** A process is killed while it writes a change. */
const killedWriter = async (judgement: Judgement) => {
  const room = await openPurchaseRoom();
  try {
    const orderId = await placed(room, await room.offer(5));
    const order = await found(room, orderId);
    const at = room.clock.now().toISOString();
    const dying = room.ordersOver(dyingAfterOne(room.orderStore.database));
    await dying.append(order, cancel(order, { at, reason: 'cancelled-by-customer' })).catch(() => undefined);
    await room.drive(orderId);
    return await judgeStory(room.facts(), judgement);
  } finally {
    await room.close();
  }
};

/** The provider's answer is lost until the purchase is given up; the money was taken all the same. */
const lateCapture = async (judgement: Judgement) => {
  let isSilent = true;
  const room = await openPurchaseRoom((provider) => ({
    ...provider,
    authorise: async (request) => {
      const charge = await provider.authorise(request);
      if (!isSilent) return charge;
      isSilent = false;
      throw new ProviderSilence('authorise');
    },
  }));
  try {
    const orderId = await placed(room, await room.offer(5));
    room.clock.advance((GIVE_UP_SECONDS + 1) * 1_000);
    await room.drive(orderId);
    return await judgeStory(room.facts(), judgement);
  } finally {
    await room.close();
  }
};

/** The answer to a refund is lost, and it is asked for again. */
const repeatedRefund = async (judgement: Judgement) => {
  let isSilent = true;
  const room = await openPurchaseRoom((provider) => ({
    ...provider,
    refund: async (request) => {
      const charge = await provider.refund(request);
      if (!isSilent) return charge;
      isSilent = false;
      throw new ProviderSilence('refund');
    },
  }));
  try {
    const orderId = await placed(room, await room.offer(5));
    const paid = await room.drive(orderId);
    const at = room.clock.now().toISOString();
    const wish = { at, refundId: 'rfd_00000000000000000000000001', reason: 'damaged' };
    await room.orders.append(paid, requestRefund(paid, { ...wish, amount: { amount: 100, currency: 'USD' } }));
    await room.drive(orderId).catch(() => undefined);
    await room.drive(orderId);
    return await judgeStory(room.facts(), judgement);
  } finally {
    await room.close();
  }
};

/** Two buyers take the last unit in the same moment. */
const lastUnit = async (judgement: Judgement) => {
  const room = await openPurchaseRoom();
  const first = new pg.Client({ connectionString: room.productStore.url });
  try {
    const productId = await room.offer(1);
    const [one, other] = [await placed(room, productId), await placed(room, productId)];
    await first.connect();
    const sql: Sql = {
      query: async (text, values = []) => {
        const { rows, rowCount } = await first.query(text, [...values]);
        return { rows: rows as never[], rowCount: rowCount ?? 0 };
      },
    };
    await first.query('BEGIN');
    await reserveStock(room.stockOver(sql), { orderId: one, lines: [{ productId, quantity: 1 }], sell: true });
    const driving = room.drive(other);
    await eventually(async () => {
      const { rowCount } = await first.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      if (rowCount === 0) throw new Error('nobody waits for the unit');
    });
    await first.query('COMMIT');
    await driving;
    await room.drive(one);
    return await judgeStory(room.facts(), judgement);
  } finally {
    await first.end();
    await room.close();
  }
};

/** The job that frees what was not paid in time runs, long after an order was paid. */
const sweptReservation = async (judgement: Judgement) => {
  const room = await openPurchaseRoom();
  try {
    await room.drive(await placed(room, await room.offer(5)));
    room.clock.advance(86_400_000);
    await expireReservations(room.stock);
    return await judgeStory(room.facts(), judgement);
  } finally {
    await room.close();
  }
};

/** A process is killed after it wrote an order, and the buyer, who heard nothing, asks again under the same key. */
const askedAgain = async (judgement: Judgement) => {
  const room = await openPurchaseRoom();
  try {
    const productId = await room.offer(5);
    const since = new Date(room.clock.now().getTime() - 60_000);
    const by = room.ordersOver(dyingAfterOne(room.orderStore.database));
    await room.place(productId, { key: KEY, by }).catch(() => undefined);
    room.clock.advance(CLAIM_MS);
    const answer = await room.place(productId, { key: KEY });
    const orderId = 'orderId' in answer ? answer.orderId : '';
    for (const { id } of await storedOrders(room.orderStore.url, [BUYER], since)) await room.drive(id);
    return await judgeStory(room.facts(), judgement, async () => {
      const stored = await storedOrders(room.orderStore.url, [BUYER], since);
      const { lost, doubled } = auditOrders(stored, [{ orderId }], new Set([KEY]));
      const violations = [...lost, ...doubled].map((subject) => ({ subject, detail: 'is lost, or one too many' }));
      return [{ letter: 'K', checked: stored.length, violations }];
    });
  } finally {
    await room.close();
  }
};

/** A process is killed with a key's claim in its hands, and the buyer asks again and again. */
const deadClaim = async (judgement: Judgement) => {
  const room = await openPurchaseRoom();
  try {
    const productId = await room.offer(5);
    await room.keys.claim({ key: KEY, fingerprint: 'print', owner: BUYER, sessionId: null });
    let orderId: string | undefined;
    for (let attempt = 0; attempt < 5 && orderId === undefined; attempt++) {
      room.clock.advance(CLAIM_MS);
      const answer = await room.place(productId, { key: KEY });
      if ('orderId' in answer) ({ orderId } = answer);
    }
    if (orderId !== undefined) await room.drive(orderId);
    const violations = orderId === undefined ? [{ subject: KEY, detail: 'has been in flight for ever' }] : [];
    const finding: Finding = { letter: 'H', checked: 1, violations };
    return await judgeStory(room.facts(), judgement, async () => [finding]);
  } finally {
    await room.close();
  }
};

/** Each by its planted bug. */
export const purchaseStories = {
  'outbox-outside-transaction': killedWriter,
  'late-capture-ignored': lateCapture,
  'refund-not-idempotent': repeatedRefund,
  'reserve-without-lock': lastUnit,
  'sweeper-frees-sold': sweptReservation,
  'key-saved-after-order': askedAgain,
  'key-in-flight-for-ever': deadClaim,
} as const satisfies Readonly<Record<string, (judgement: Judgement) => Promise<InvariantVerdict[]>>>;
