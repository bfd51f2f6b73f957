import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { actPage } from '../../contracts/http/operations/acts-api.ts';
import { connectionsAnswer } from '../../contracts/http/operations/database-sessions-api.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { type ObservedDatabase, observedDatabase } from '../testing/observed-database.ts';
import { startOperations } from '../testing/running-operations.ts';

let db: ObservedDatabase;
let operations: Awaited<ReturnType<typeof startOperations>>;
beforeAll(async () => {
  db = await observedDatabase('CREATE TABLE parcels AS SELECT 1 AS id');
  operations = await startOperations([], { observed: { parcels: db.observerUrl } });
});
afterAll(async () => {
  await operations?.stop();
  await db?.drop();
});

const path = '/operations/databases/parcels';

test.each(['slow', 'locks', 'pool', 'indexes', 'bloat', 'replication'])('staff look at %s', async (look) => {
  const { statusCode } = await operations.http.inject({ url: `${path}/${look}`, headers: operations.staff });
  expect(statusCode).toBe(200);
  const unknown = await operations.http.inject({
    url: `/operations/databases/nowhere/${look}`,
    headers: operations.staff,
  });
  expect(unknown.json()).toMatchObject({
    code: 'database.unknown',
    detail: 'There is no database "nowhere" to look at; known are orders, parcels.',
  });
});

test('staff have a statement explained, one at a time', async () => {
  expect(await operations.post(`${path}/explain`, { query: 'SELECT * FROM parcels' })).toMatchObject({
    status: 200,
    body: { plan: [expect.stringMatching(/^Seq Scan on parcels/)] },
  });
  expect(await operations.post(`${path}/explain`, { query: 'SELECT 1; DROP TABLE parcels' })).toMatchObject({
    status: 400,
    body: { code: 'database.several-statements' },
  });
});

test('an administrator cancels what staff may only look at, and the audit trail tells it with the reason', async () => {
  const outcome = db.bystander.query('SELECT pg_sleep(600)', undefined, { timeoutMs: 600_000 }).catch(String);
  const { pid, queryStart } = await eventually(async () => {
    const { rows } = await db.observer.query<{ pid: number; queryStart: string }>(
      `SELECT pid, to_char(query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "queryStart"
       FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active' AND datname = current_database()`,
    );
    if (!rows[0]) throw new Error('it does not sleep yet');
    return rows[0];
  });
  const body = { pid, queryStart, reason: 'holds up the parcels' };
  expect((await operations.post(`${path}/cancel`, body)).status).toBe(403);
  const dry = await operations.post(`${path}/cancel`, { ...body, dryRun: true }, operations.admin);
  expect(dry).toMatchObject({ status: 200, body: { isCancelled: false } });
  expect(actPage.parse(await operations.get('/operations/acts')).items).toEqual([]);
  const done = await operations.post(`${path}/cancel`, body, operations.admin);
  expect(done).toMatchObject({ status: 200, body: { isCancelled: true } });
  expect(await outcome).toMatch(/canceling statement due to user request/);
  const again = await operations.post(`${path}/cancel`, body, operations.admin);
  expect(again).toMatchObject({ status: 404, body: { code: 'database.statement-gone' } });
  const { items } = actPage.parse(await operations.get('/operations/acts'));
  expect(items.map(({ act, outcome: came, reason }) => [act, came, reason])).toEqual([
    ['databases.cancel', 'refused', 'holds up the parcels'],
    ['databases.cancel', 'done', 'holds up the parcels'],
  ]);
  expect(items[1]).toMatchObject({ actor: operations.staffId, subject: { database: 'parcels', pid } });
});

test('a cache inside each process is said to be that, and nothing is deleted from it', async () => {
  expect(await operations.get('/operations/cache')).toMatchObject({
    lacking: expect.stringMatching(/inside each process/),
    keys: 0,
  });
  const asked = { pattern: 'cart:*', reason: 'wrong prices' };
  expect(await operations.post('/operations/cache/delete', asked, operations.admin)).toMatchObject({
    status: 409,
    body: { code: 'cache.not-shared' },
  });
});

test('a database that is down is said to be away', async () => {
  const comeBack = await db.refuseConnections();
  const { statusCode, ...answer } = await operations.http.inject({ url: `${path}/pool`, headers: operations.staff });
  await comeBack();
  expect([statusCode, answer.json()]).toEqual([503, expect.objectContaining({ code: 'database.unavailable' })]);
  await eventually(async () => connectionsAnswer.parse(await operations.get(`${path}/pool`)));
});
