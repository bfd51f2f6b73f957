/** What those do who operate the platform: they look at it, and mend what died. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openEventLog } from '../../kit/events/open-event-log.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { barriers, faultsIn, type Storefront } from '../storefront/visitor.ts';
import { question, visitAsStaff } from './colleague.ts';

const topic = 'order-events';

/** Publishes a record that no consumer can read. */
const publishNonsense = async (at: Storefront, value: string) => {
  const log = await openEventLog({ url: at.platform().events, logger: createLogger('test', 'silent') });
  try {
    await log.append(topic, [{ key: 'ord_01jdq5w8m3k7x2r9v4t6y0z1ab', value }]);
  } finally {
    await log.close();
  }
};

/** What those do who operate the platform. */
export const operators = (at: Storefront): void => {
  describe('an operator', () => {
    it('sees in the picture of the shop what a service has to do with the others, by keyboard too', async () => {
      const { page, complaints } = await visitAsStaff(at, '/map');
      await page.getByRole('link', { name: /^order, / }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'About order' }).getByText('order calls payment').waitFor();
      await page.waitForURL((address) => address.searchParams.get('part')?.includes('service/order') === true);
      expect(await barriers(page)).toEqual([]);
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('replays a dead letter after a rehearsal, discards the next, and finds both acts written down', async () => {
      const [why, whyNot] = [`to see it die again ${randomUUID()}`, `nonsense of a test ${randomUUID()}`];
      await publishNonsense(at, 'no event at all');
      const { page, complaints } = await visitAsStaff(at, '/dead-letters');
      const letters = page.getByRole('table', { name: 'Dead letters' });
      await eventually(async () => {
        await page.goto(`${at.console()}/dead-letters`);
        await letters.waitFor({ timeout: 2_000 });
      });
      expect(await barriers(page)).toEqual([]);
      await letters.getByRole('link').first().click();
      await page.getByText('no event at all', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Replay', exact: true }).click();
      const replay = question(page, 'Replay');
      await replay.getByLabel('Reason').fill(why);
      await replay.getByRole('button', { name: 'Show what it would do' }).click();
      await replay.getByText('1 to be published again.').waitFor();
      expect(await barriers(page)).toEqual([]);
      await replay.getByRole('button', { name: 'Replay' }).click();
      await replay.getByText('1 published again.').waitFor();
      await replay.getByRole('button', { name: 'Good' }).click();
      await page.getByText('replayed', { exact: true }).waitFor();
      await page.goto(`${at.console()}/dead-letters?state=new`);
      await letters.getByRole('link').first().click();
      await page.getByRole('button', { name: 'Discard' }).click();
      await question(page, 'Discard').getByLabel('Reason').fill(whyNot);
      await question(page, 'Discard').getByRole('button', { name: 'Discard' }).click();
      await page.getByText('discarded', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Acts' }).click();
      await page.getByRole('row', { name: new RegExp(`dead-letters\\.replay.*${why}.*done`) }).waitFor();
      await page.getByRole('row', { name: new RegExp(`${whyNot}.*done`) }).waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });
  });
};
