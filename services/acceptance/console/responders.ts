/** What those do who are called when something goes wrong, and who announce that something will be away. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { gone } from '../../kit/testing/browser.ts';
import { barriers, faultsIn, type Storefront } from '../storefront/visitor.ts';
import { question, visitAsStaff } from './colleague.ts';

/** What those do who are called when something goes wrong. */
export const responders = (at: Storefront): void => {
  describe('who answers for the shop', () => {
    it('opens an incident, answers, finds that it is worse, closes it, and keeps its report', async () => {
      const title = `Payments hang ${randomUUID()}`;
      const { page, complaints, picture } = await visitAsStaff(at, '/incidents');
      await page.getByRole('button', { name: 'Open an incident' }).click();
      const open = question(page, 'Open an incident');
      await open.getByLabel('Severity').selectOption('P2');
      await open.getByLabel('What is wrong').fill(title);
      expect(await barriers(page)).toEqual([]);
      await open.getByRole('button', { name: 'Open an incident' }).click();
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await page.getByRole('button', { name: 'Answer' }).click();
      await question(page, 'Answer').getByLabel('What you do first').fill('Looking at the provider');
      await question(page, 'Answer').getByRole('button', { name: 'Answer' }).click();
      await page.getByText('answered', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Add a note' }).click();
      const note = question(page, 'Add a note');
      await note.getByLabel('Note').fill('Nobody can pay');
      await note.getByLabel('Severity').selectOption('P0');
      await note.getByRole('button', { name: 'Add a note' }).click();
      await page.getByText('P2 is P0 now').waitFor();
      await picture('console-incident');
      await page.getByRole('button', { name: 'Close' }).click();
      await question(page, 'Close').getByLabel('How it ended').fill('The provider is back');
      await question(page, 'Close').getByRole('button', { name: 'Close' }).click();
      await page.getByText('closed', { exact: true }).first().waitFor();
      await gone(page.getByRole('button', { name: 'Add a note' }));
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save the report' }).click();
      expect((await saving).suggestedFilename()).toMatch(/^inc_\w+\.md$/);
      expect(await barriers(page)).toEqual([]);
      await page.goto(`${at.console()}/incidents?state=closed`);
      await page.getByRole('row', { name: new RegExp(`${title} closed P0`) }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('announces maintenance, and ends it before its time', async () => {
      const title = `New version of PostgreSQL ${randomUUID()}`;
      const { page, complaints } = await visitAsStaff(at, '/maintenance');
      await page.getByRole('button', { name: 'Announce maintenance' }).click();
      const announce = question(page, 'Announce maintenance');
      await announce.getByLabel('What is done').fill(title);
      await announce.getByLabel('What is away').selectOption('order');
      await announce.getByLabel('Minutes').fill('30');
      expect(await barriers(page)).toEqual([]);
      await announce.getByRole('button', { name: 'Announce maintenance' }).click();
      await page.getByRole('row', { name: new RegExp(`${title} open order`) }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: `End ${title}` }).click();
      await question(page, `End ${title}`)
        .getByRole('button', { name: `End ${title}` })
        .click();
      await page.getByRole('row', { name: new RegExp(`${title} over order`) }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });
  });
};
