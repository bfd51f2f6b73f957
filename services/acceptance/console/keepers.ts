/** What those do who keep the databases and the log of the shop: they look, and disturb as little as can be. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openEventLog } from '../../kit/events/open-event-log.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { barriers, faultsIn, type Storefront } from '../storefront/visitor.ts';
import { question, visitAsStaff } from './colleague.ts';

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
