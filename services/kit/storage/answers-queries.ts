import pg from 'pg';

/** Whether the PostgreSQL server at this URL answers a query within so many milliseconds; a frozen one takes connections all the same. */
export const answersQueries = async (url: string, withinMs: number): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: withinMs, query_timeout: withinMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    // What a frozen server would have to say to a goodbye is not waited for.
    client.end().catch(() => undefined);
  }
};
