import type { Sql } from '../../kit/storage/database.ts';
import type { Reservation, ReservationStatus, Shortage, StockLine } from '../domain/reservation.ts';
import { type EventStamp, envelope } from './inventory-event.ts';
import {
  adjustStatement,
  commitStatement,
  expireStatement,
  releaseStatement,
  reserveStatement,
  takeBackStatement,
} from './stock-statements.ts';

type ReservationRow = {
  order_id: string;
  status: ReservationStatus;
  shortages: Shortage[];
  reserved_until: Date | null;
};

const reservationOf = (row: ReservationRow): Reservation => ({
  orderId: row.order_id,
  status: row.status,
  shortages: row.shortages,
  reservedUntil: row.reserved_until,
});

export type ReserveOrder = {
  readonly orderId: string;
  /** Sorted by product id, each product once. */
  readonly lines: readonly StockLine[];
  readonly reservedUntil: Date;
};

export type TakeBack = {
  readonly orderId: string;
  /** Of what brought the units: the same name brings nothing twice. */
  readonly name: string;
  /** Sorted by product id, each product once. */
  readonly lines: readonly StockLine[];
};

export type StockAdjustment = {
  readonly productId: string;
  readonly change: number;
  readonly reason: string;
  /** Id of the member of staff. */
  readonly actor: string;
};

export const createStockRepository = (sql: Sql) => {
  const find = async (orderId: string): Promise<Reservation | undefined> => {
    const { rows } = await sql.query<ReservationRow>(
      'SELECT order_id, status, shortages, reserved_until FROM reservations WHERE order_id = $1',
      [orderId],
      { name: 'find-reservation' },
    );
    return rows[0] && reservationOf(rows[0]);
  };

  return {
    find,

    /** Takes every line or none, and sells them at once where the sale has a stamp; undefined when the order has been decided on before. */
    reserve: async (
      { orderId, lines, reservedUntil }: ReserveOrder,
      stamp: EventStamp,
      sale?: EventStamp,
    ): Promise<Reservation | undefined> => {
      const reserved = {
        ...envelope('inventory.reserved.v1', orderId, stamp),
        data: { orderId, lines, reservedUntil: reservedUntil.toISOString() },
      };
      const rejected = { ...envelope('inventory.rejected.v1', orderId, stamp), data: { orderId, shortages: [] } };
      const sold = sale && {
        ...envelope('inventory.committed.v1', orderId, sale),
        data: { orderId, lines },
        sequence: 2,
      };
      const { rows } = await sql.query<ReservationRow>(
        reserveStatement,
        [
          orderId,
          lines.map(({ productId }) => productId),
          lines.map(({ quantity }) => quantity),
          reservedUntil,
          stamp.at,
          JSON.stringify(reserved),
          JSON.stringify(rejected),
          sold ? JSON.stringify(sold) : null,
        ],
        { name: 'reserve-stock' },
      );
      return rows[0] && reservationOf(rows[0]);
    },

    /** Turns reserved units into sold ones; false when the order has none reserved. */
    commit: async (orderId: string, stamp: EventStamp): Promise<boolean> => {
      const event = envelope('inventory.committed.v1', orderId, stamp);
      const { rowCount } = await sql.query(commitStatement, [orderId, stamp.at, JSON.stringify(event)], {
        name: 'commit-stock',
      });
      return rowCount > 0;
    },

    /** Gives reserved or sold units back, or bars an order that has none; nothing for one that was released or rejected. */
    release: async (orderId: string, reason: string, stamp: EventStamp): Promise<void> => {
      const event = envelope('inventory.released.v1', orderId, stamp);
      await sql.query(releaseStatement, [orderId, reason, stamp.at, JSON.stringify(event)], { name: 'release-stock' });
    },

    /** Puts some of the units that an order bought back into free stock, once per name; nothing for an order that has none sold. */
    takeBack: async ({ orderId, name, lines }: TakeBack, stamp: EventStamp): Promise<void> => {
      const event = {
        ...envelope('inventory.released.v1', orderId, stamp),
        data: { orderId, lines, reason: 'returned' },
      };
      await sql.query(
        takeBackStatement,
        [
          ...[orderId, name],
          lines.map(({ productId }) => productId),
          lines.map(({ quantity }) => quantity),
          ...[stamp.at, JSON.stringify(event)],
        ],
        { name: 'take-back-stock' },
      );
    },

    /** Releases as many due reservations as there are event ids; returns how many there were. */
    releaseDue: async (at: Date, eventIds: readonly string[]): Promise<number> => {
      const events = eventIds.map((id) => JSON.stringify(envelope('inventory.released.v1', '', { id, at })));
      return (await sql.query(expireStatement, [at, events], { name: 'expire-reservations' })).rowCount;
    },

    /** Adds to free stock or takes from it; undefined when there is no such product or not enough. Returns what is free. */
    adjust: async (
      { productId, change, reason, actor }: StockAdjustment,
      stamp: EventStamp,
    ): Promise<number | undefined> => {
      const event = {
        ...envelope('inventory.adjusted.v1', productId, stamp),
        data: { productId, change, free: 0, reason },
      };
      const { rows } = await sql.query<{ free: number }>(
        adjustStatement,
        [productId, change, reason, actor, stamp.at, JSON.stringify(event)],
        { name: 'adjust-stock' },
      );
      return rows[0]?.free;
    },
  };
};

export type StockRepository = ReturnType<typeof createStockRepository>;
