import type { CartEvent } from '../../contracts/events/cart-events.ts';
import type { Database, Sql } from '../../kit/storage/database.ts';
import { currentTraceparent } from '../../kit/telemetry/tracing.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { Money } from '../../kit/values/money.ts';
import { applyChanges, type Cart, type CartLine } from '../domain/cart.ts';
import { type CartDecision, type CartFact, created } from '../domain/cart-fact.ts';
import { type CartOwner, sessionOwner, userOwner } from '../domain/cart-owner.ts';
import {
  abandonStatement,
  absorbStatement,
  agreeByOwner,
  claimByOwner,
  dropStatement,
  expireStatement,
  findByOwner,
  linesStatement,
  lockByOwner,
  writeStatement,
} from './cart-statements.ts';

type FoundRow = {
  id: string;
  updated_at: Date;
  product_ids: string[];
  quantities: number[];
  amounts: (number | null)[];
  currencies: (string | null)[];
};
type LineRow = { product_id: string; quantity: number; amount: number | null; currency: string | null };
type LockedRow = { id: string; user_id: string | null; updated_at: Date; sequence: number; created: boolean };

const lineOf = ({ product_id, quantity, amount, currency }: LineRow): CartLine => ({
  productId: product_id,
  quantity,
  ...(amount !== null && currency !== null && { seenPrice: { amount, currency } }),
});

/** Decides on a cart that nobody else can change meanwhile; undefined: nothing is to be done. */
export type DecideCart = (lines: readonly CartLine[]) => CartDecision | undefined;

export type ChangedCart = { readonly cart: Cart; readonly created: boolean };

export type CartRepositoryOptions = {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Called in the transaction of every change that leaves something in the cart, with the cart's id. */
  readonly onChange: (tx: Sql, cartId: string) => Promise<void>;
};

/** Carts that one sweep of a job takes in one transaction. */
const batchSize = 100;

export const createCartRepository = ({ database, clock, ids, onChange }: CartRepositoryOptions) => {
  const envelope = (type: CartEvent['type'], at: Date) => {
    const traceparent = currentTraceparent();
    return {
      specversion: '1.0',
      id: ids.next('evt'),
      source: 'cart',
      type,
      time: at.toISOString(),
      datacontenttype: 'application/json',
      traceparent,
    };
  };

  const eventOf = ({ type, data }: CartFact, { id, user_id }: LockedRow, sequence: number, at: Date) =>
    JSON.stringify({ ...envelope(type, at), subject: id, sequence, data: { cartId: id, userId: user_id, ...data } });

  const batchOf = (type: CartEvent['type'], at: Date) =>
    Array.from({ length: batchSize }, () => JSON.stringify(envelope(type, at)));

  const lock = async (tx: Sql, owner: CartOwner): Promise<LockedRow | undefined> => {
    const { text, name } = lockByOwner(owner);
    return (await tx.query<LockedRow>(text, [owner.id], { name })).rows[0];
  };

  const claim = async (tx: Sql, owner: CartOwner): Promise<LockedRow> => {
    const { text, name } = claimByOwner(owner);
    const { rows } = await tx.query<LockedRow>(text, [owner.id, ids.next('crt'), clock.now()], { name });
    return rows[0] as LockedRow;
  };

  const linesOf = async (tx: Sql, cartId: string): Promise<CartLine[]> => {
    const { rows } = await tx.query<LineRow>(linesStatement, [cartId], { name: 'cart-lines' });
    return rows.map(lineOf);
  };

  /** Decides on the cart of a row that the transaction has locked, and writes what was decided. */
  const decideLocked = async (tx: Sql, row: LockedRow, decide: DecideCart): Promise<ChangedCart> => {
    const lines = row.created ? [] : await linesOf(tx, row.id);
    const { changes, facts } = decide(lines) ?? { changes: [], facts: [] };
    const told = row.created ? [created, ...facts] : facts;
    if (told.length === 0) return { cart: { id: row.id, lines, updatedAt: row.updated_at }, created: false };
    const at = clock.now();
    await tx.query(
      writeStatement,
      [
        row.id,
        changes.map(({ productId }) => productId),
        changes.map(({ quantity }) => quantity),
        at,
        told.map((fact, index) => eventOf(fact, row, row.sequence + index + 1, at)),
        changes.map(({ seenPrice }) => seenPrice?.amount ?? null),
        changes.map(({ seenPrice }) => seenPrice?.currency ?? null),
      ],
      { name: 'write-cart' },
    );
    const after = applyChanges(lines, changes);
    if (after.length > 0) await onChange(tx, row.id);
    return { cart: { id: row.id, lines: after, updatedAt: at }, created: row.created };
  };

  return {
    find: async (owner: CartOwner): Promise<Cart | undefined> => {
      const { text, name } = findByOwner(owner);
      const [row] = (await database.query<FoundRow>(text, [owner.id], { name })).rows;
      if (!row) return undefined;
      const lines = row.product_ids.map((product_id, index) =>
        lineOf({
          product_id,
          quantity: row.quantities[index] ?? 0,
          amount: row.amounts[index] ?? null,
          currency: row.currencies[index] ?? null,
        }),
      );
      return { id: row.id, lines, updatedAt: row.updated_at };
    },

    /** The lines of a cart by its own id; none when it is gone. */
    lines: (cartId: string): Promise<CartLine[]> => linesOf(database, cartId),

    /** Changes the owner's cart, making it when there is none. */
    change: (owner: CartOwner, decide: DecideCart): Promise<ChangedCart> =>
      database.transaction(async (tx) => decideLocked(tx, await claim(tx, owner), decide)),

    /** Changes the owner's cart if there is one, in the caller's transaction or one of its own. */
    changeExisting: (owner: CartOwner, decide: DecideCart, tx?: Sql): Promise<ChangedCart | undefined> => {
      const work = async (sql: Sql) => {
        const row = await lock(sql, owner);
        return row && decideLocked(sql, row, decide);
      };
      return tx ? work(tx) : database.transaction(work);
    },

    /** Notes prices that the owner agreed to; a product that the cart does not hold is left out. */
    agree: async (
      owner: CartOwner,
      prices: readonly { readonly productId: string; readonly unitPrice: Money }[],
    ): Promise<void> => {
      const { text, name } = agreeByOwner(owner);
      const amounts = prices.map(({ unitPrice }) => unitPrice.amount);
      const currencies = prices.map(({ unitPrice }) => unitPrice.currency);
      await database.query(text, [owner.id, prices.map(({ productId }) => productId), amounts, currencies], { name });
    },

    /**
     * Puts the cart of a session into that of a user, once: the guest's cart is locked first and gone afterwards.
     * Undefined when the session has none.
     */
    merge: async (
      { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
      decide: (lines: readonly CartLine[], guest: readonly CartLine[]) => CartDecision,
    ): Promise<ChangedCart | undefined> => {
      const guest = sessionOwner(sessionId);
      const { rowCount } = await database.query('SELECT FROM carts WHERE session_id = $1', [sessionId], {
        name: 'has-guest-cart',
      });
      if (rowCount === 0) return undefined;
      return database.transaction(async (tx) => {
        const guestRow = await lock(tx, guest);
        if (!guestRow) return undefined;
        const guestLines = await linesOf(tx, guestRow.id);
        const row = guestLines.length === 0 ? undefined : await claim(tx, userOwner(userId));
        const changed = row && (await decideLocked(tx, row, (lines) => decide(lines, guestLines)));
        await tx.query(absorbStatement, [sessionId, userId, clock.now()], { name: 'absorb-cart' });
        return changed;
      });
    },

    /** Whose cart took in that of the session; undefined when it was never merged. */
    mergedInto: async (sessionId: string, tx: Sql): Promise<CartOwner | undefined> => {
      const { rows } = await tx.query<{ user_id: string }>('SELECT user_id FROM merged_carts WHERE session_id = $1', [
        sessionId,
      ]);
      return rows[0] && userOwner(rows[0].user_id);
    },

    /** Notes that what an order bought is out of the carts; whoever asks for a cart after this order gets it now. */
    noteBought: async (orderId: string, tx: Sql): Promise<void> => {
      await tx.query(
        'INSERT INTO bought_orders (order_id, heard_at) VALUES ($1, $2) ON CONFLICT DO NOTHING',
        [orderId, clock.now()],
        { name: 'note-bought' },
      );
    },

    /** Those of the orders that the carts have not heard of. */
    unheard: async (orderIds: readonly string[]): Promise<string[]> => {
      const { rows } = await database.query<{ id: string }>(
        'SELECT id FROM unnest($1::text[]) AS asked (id) WHERE NOT EXISTS (SELECT FROM bought_orders WHERE order_id = id)',
        [orderIds],
        { name: 'unheard-orders' },
      );
      return rows.map(({ id }) => id);
    },

    /** Marks filled carts without a change since then; returns how many, at most a batch. */
    abandon: async (changedBefore: Date): Promise<number> => {
      const at = clock.now();
      return (await database.query(abandonStatement, [at, batchOf('cart.abandoned.v1', at), changedBefore])).rowCount;
    },

    /** Deletes carts without a change since then, and what is remembered of merged and bought ones; returns how many carts, at most a batch. */
    expire: async (changedBefore: Date): Promise<number> => {
      await database.query('DELETE FROM merged_carts WHERE merged_at <= $1', [changedBefore]);
      await database.query('DELETE FROM bought_orders WHERE heard_at <= $1', [changedBefore]);
      const { rowCount } = await database.query(expireStatement, [
        changedBefore,
        batchOf('cart.expired.v1', clock.now()),
      ]);
      return rowCount;
    },

    /** Deletes the cart of a user for good, in the caller's transaction. */
    drop: async (userId: string, tx: Sql): Promise<void> => {
      const event = JSON.stringify(envelope('cart.expired.v1', clock.now()));
      await tx.query(dropStatement, [userId, [event]], { name: 'drop-cart' });
    },

    /** Products in most carts, for filling the cache before they are asked for. */
    popularProducts: async (limit: number): Promise<string[]> => {
      const { rows } = await database.query<{ product_id: string }>(
        'SELECT product_id FROM cart_items GROUP BY product_id ORDER BY count(*) DESC, product_id LIMIT $1',
        [limit],
      );
      return rows.map(({ product_id }) => product_id);
    },
  };
};

export type CartRepository = ReturnType<typeof createCartRepository>;
