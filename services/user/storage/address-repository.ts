import type { Address } from '../../contracts/http/postal-address.ts';
import type { Sql } from '../../kit/storage/database.ts';

/** An address that an account keeps. */
export type SavedAddress = {
  readonly id: string;
  readonly address: Address;
  readonly isDefault: boolean;
  readonly createdAt: Date;
};

type Row = { id: string; address: Address; is_default: boolean; created_at: Date };
const savedOf = (row: Row): SavedAddress => ({
  id: row.id,
  address: row.address,
  isDefault: row.is_default,
  createdAt: row.created_at,
});
const columns = 'id, address, is_default, created_at';

/** Addresses of accounts. Whoever changes them holds the account's row, so that bound and default stay true. */
export const createAddressRepository = (database: Sql) => ({
  /** The default first, then the newest. */
  list: async (userId: string, sql: Sql = database): Promise<readonly SavedAddress[]> => {
    const { rows } = await sql.query<Row>(
      `SELECT ${columns} FROM addresses WHERE user_id = $1 ORDER BY is_default DESC, created_at DESC, id DESC`,
      [userId],
      { name: 'addresses-list' },
    );
    return rows.map(savedOf);
  },

  insert: async (tx: Sql, userId: string, saved: SavedAddress): Promise<void> => {
    await tx.query(
      'INSERT INTO addresses (id, user_id, address, is_default, created_at) VALUES ($1, $2, $3, $4, $5)',
      [saved.id, userId, JSON.stringify(saved.address), saved.isDefault, saved.createdAt],
      { name: 'address-insert' },
    );
  },

  /** Makes no address of the account its default. */
  clearDefault: async (tx: Sql, userId: string): Promise<void> => {
    await tx.query('UPDATE addresses SET is_default = false WHERE user_id = $1 AND is_default', [userId]);
  },

  /** Makes an address the default; the account has none at the moment. */
  setDefault: async (tx: Sql, userId: string, id: string): Promise<void> => {
    await tx.query('UPDATE addresses SET is_default = true WHERE user_id = $1 AND id = $2', [userId, id]);
  },

  replace: async (tx: Sql, userId: string, id: string, address: Address): Promise<void> => {
    await tx.query('UPDATE addresses SET address = $3 WHERE user_id = $1 AND id = $2', [
      userId,
      id,
      JSON.stringify(address),
    ]);
  },

  remove: async (tx: Sql, userId: string, id: string): Promise<void> => {
    await tx.query('DELETE FROM addresses WHERE user_id = $1 AND id = $2', [userId, id]);
  },
});

export type AddressRepository = ReturnType<typeof createAddressRepository>;
