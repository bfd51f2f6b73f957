/** What those do who keep the databases and the log of the shop: they look, and disturb as little as can be. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openEventLog } from '../../kit/events/open-event-log.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { barriers, faultsIn, type Storefront } from '../storefront/visitor.ts';
import { buy, question, visitAsStaff } from './colleague.ts';

/** Two sessions of the orders' owner, of which the second waits for the first; `waiting` settles when it is let go. */
const startWaiting = async ({ platform }: Storefront) => {
  const { databases } = JSON.parse(await readFile(path.join(platform().folder, 'state.json'), 'utf8'));
  const [holder, waiter] = [0, 1].map(() => new pg.Client({ connectionString: databases.orders }));
  if (!holder || !waiter) throw new Error('there are two of them');
  await Promise.all([holder.connect(), waiter.connect()]);
  await holder.query('SELECT pg_advisory_lock(15)');
  const waiting = waiter.query('SELECT pg_advisory_lock(15)').then(
    () => 'went on',
    ({ message }: Error) => message,
  );
  return { waiting, end: () => Promise.all([holder.end(), waiter.end()]) };
};

/** A consumer that read once and stands still. */
const leaveConsumer = async ({ platform }: Storefront, group: string) => {
  const log = await openEventLog({ url: platform().events, logger: createLogger('test', 'silent') });
  try {
    const read = Promise.withResolvers<void>();
    const handle = async () => read.resolve();
    const subscription = await log.subscribe({ group, topics: ['user-events'], handle });
    await read.promise;
    await subscription.close();
  } finally {
    await log.close();
  }
};

/** A second key of an order, which no law allows, until it is taken back. */
const breakLaw = async ({ platform }: Storefront, orderId: string) => {
  const { databases } = JSON.parse(await readFile(path.join(platform().folder, 'state.json'), 'utf8'));
  const client = new pg.Client({ connectionString: databases.orders });
  await client.connect();
  await client.query(
    `INSERT INTO idempotency_keys (owner, key, fingerprint, attempt, claimed_until, order_id, created_at)
     SELECT owner, 'second-of-' || key, fingerprint, attempt, claimed_until, order_id, created_at FROM idempotency_keys WHERE order_id = $1`,
    [orderId],
  );
  return async () => {
    await client.query(`DELETE FROM idempotency_keys WHERE order_id = $1 AND key LIKE 'second-of-%'`, [orderId]);
    await client.end();
  };
};

/** What those do who keep the databases and the log. */
export const keepers = (at: Storefront): void => {
  describe('a keeper', () => {
    it('sees who waits for whom in a database, and cancels who waits, after it was shown', async () => {
      const sessions = await startWaiting(at);
      const { page, complaints, picture } = await visitAsStaff(at, '/databases');
      await page.getByRole('link', { name: 'orders', exact: true }).click();
      for (const look of ['Replication', 'Bloat', 'Indexes', 'Connections', 'Locks']) {
        await page.getByRole('link', { name: look }).click();
        await page
          .getByRole('region', { name: `${look} of orders` })
          .locator(':is(table, .empty, p)')
          .first()
          .waitFor();
        expect([look, await barriers(page)]).toEqual([look, []]);
      }
      const cancel = page.getByRole('table', { name: 'Locks' }).getByRole('button', { name: /^Cancel / });
      await cancel.click();
      const asked = page.getByRole('dialog');
      await asked.getByLabel('Reason').fill('holds up the stories');
      await asked.getByRole('button', { name: 'Show what it would do' }).click();
      await asked.getByText('SELECT pg_advisory_lock(15)').waitFor();
      await picture('console-cancel');
      await asked.getByRole('button', { name: /^Cancel / }).click();
      await asked.getByText('The statement was cancelled.').waitFor();
      expect(await sessions.waiting).toMatch(/canceling statement due to user request/);
      await asked.getByRole('button', { name: 'Good' }).click();
      await page.getByText('Nobody waits').waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
      await sessions.end();
    });

    it('sees how far a consumer is, and moves it by the plan that was shown', async () => {
      const group = `reader-${randomUUID()}`;
      await leaveConsumer(at, group);
      const { page, complaints } = await visitAsStaff(at, '/lag');
      const name = `Move ${group} in user-events`;
      await page.getByRole('button', { name }).click();
      const move = question(page, name);
      await move.getByLabel('Where to').selectOption('latest');
      await move.getByLabel('Where to').selectOption('earliest');
      await move.getByLabel('Reason').fill('read everything again');
      await move.getByRole('button', { name: 'Show what it would do' }).click();
      await move
        .getByText(/handles [1-9]\d* again/)
        .first()
        .waitFor();
      expect(await barriers(page)).toEqual([]);
      await move.getByRole('button', { name }).click();
      await move.getByText(/It was moved; act_/).waitFor();
      await move.getByRole('button', { name: 'Good' }).click();
      await page.getByRole('row', { name: new RegExp(`${group}.* user-events 0 [1-9]`) }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('asks whether the laws of the data hold, reads which is broken by what, and sees it hold again', async () => {
      const orderId = await buy(at);
      const { page, complaints, picture, overflow } = await visitAsStaff(at, '/orders');
      await page.getByRole('link', { name: 'Laws' }).click();
      await page.getByRole('heading', { name: 'Nobody has asked yet' }).waitFor();
      await page.getByRole('row', { name: /^I14: .*npx cloudmart laws/ }).waitFor();
      expect(await barriers(page)).toEqual([]);
      const check = async () => {
        await page.getByRole('button', { name: 'Check the laws' }).click();
        const asked = question(page, 'Check the laws');
        await asked.getByText(/customers notice nothing/).waitFor();
        await asked.getByRole('button', { name: 'Check the laws' }).click();
        await asked.waitFor({ state: 'hidden' });
      };
      const rowOf = (law: string, state: string) =>
        page
          .getByRole('table', { name: 'Laws', exact: true })
          .getByRole('row', { name: new RegExp(`^${law}: .* ${state} `) });
      const mend = await breakLaw(at, orderId);
      try {
        await check();
        await rowOf('I2', 'broken').getByText(`${orderId} stands under 2 keys`).waitFor();
        await rowOf('I4', 'holds').waitFor();
        expect([await barriers(page), await overflow()]).toEqual([[], 0]);
        await picture('console-laws-broken');
        await page.setViewportSize({ width: 390, height: 844 });
        expect([await barriers(page), await overflow()]).toEqual([[], 0]);
        await picture('console-laws-broken-phone');
      } finally {
        await mend();
      }
      await check();
      for (const law of ['I1', 'I2', 'I3', 'I4', 'I6', 'I13', 'I16']) await rowOf(law, 'holds').waitFor();
      await page.getByRole('link', { name: 'Acts' }).click();
      await page
        .getByRole('row', { name: /^laws\.check .*done/ })
        .first()
        .waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('reads that each process has a cache of its own where nothing is shared, and finds the mails of this machine', async () => {
      const { page, complaints } = await visitAsStaff(at, '/cache');
      await page.getByRole('heading', { name: 'No shared cache' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(await page.getByRole('link', { name: 'Mailbox' }).getAttribute('href')).toBe(at.platform().mailbox);
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });
  });
};
