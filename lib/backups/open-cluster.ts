/** Connections of PostgreSQL's superuser to a cluster of this machine. */
import pg from 'pg';
import { ADMINISTRATOR } from '../local/postgres/postgres-cluster.ts';

export type ClusterDoor = { readonly port: number; readonly password: string };

/** Milliseconds for one statement: the longest reads a whole table. */
const STATEMENT_WITHIN_MS = 600_000;
const CONNECTED_WITHIN_MS = 5_000;

/** A connection to one database. The caller ends it. */
export const connectTo = async ({ port, password }: ClusterDoor, database: string): Promise<pg.Client> => {
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, user: ADMINISTRATOR, password, database },
    ...{ connectionTimeoutMillis: CONNECTED_WITHIN_MS, query_timeout: STATEMENT_WITHIN_MS },
    // What rows look like as text must not depend on who asks.
    options:
      '-c TimeZone=UTC -c DateStyle=ISO,YMD -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1',
  });
  // The server going away already rejects the query; without a listener it would end this process too.
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** Does something in one database, and lets go of it. */
export const inDatabase = async <T>(
  door: ClusterDoor,
  database: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> => {
  const client = await connectTo(door, database);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Every database that holds data of the shop. */
export const databasesOf = (door: ClusterDoor): Promise<string[]> =>
  inDatabase(door, 'postgres', async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT datname AS name FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  });
