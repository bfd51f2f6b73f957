/** How the pages of the console look, in every state and on every face. */
import { describe, expect, it } from '@jest/globals';
import { faces } from '../../kit/testing/browser.ts';
import { scriptOfFirstPage } from '../storefront/pages.ts';
import { barriers, faultsIn, type Storefront } from '../storefront/visitor.ts';
import { visitAsStaff } from './colleague.ts';

/** Bytes of script, compressed, that the console may load before it shows its first page. */
const scriptBudget = 135_000;

const shown = [
  ['map', '/map', 'Map'],
  ['orders', '/orders', 'Orders'],
  ['stock', '/stock', 'Stock'],
  ['books', '/books', 'Books'],
  ['laws', '/laws', 'Laws'],
  ['analytics', '/analytics', 'Analytics'],
  ['pipelines', '/pipelines', 'Pipelines'],
  ['dead-letters', '/dead-letters', 'Dead letters'],
  ['lag', '/lag', 'Lag'],
  ['incidents', '/incidents', 'Incidents'],
  ['maintenance', '/maintenance', 'Maintenance'],
  ['databases', '/databases', 'Databases'],
  ['cache', '/cache', 'Cache'],
  ['acts', '/acts', 'Acts'],
  ['staff', '/staff', 'Staff'],
] as const;

/** Addresses of what is not there, and the heading that says so. */
const missing = [
  ['/orders/1', 'There is no such order'],
  ['/stock/prd_01jdq5w8m3k7x2r9v4t6y0z1ab', 'There is no such product'],
  ['/stock?q=zzzzqqqq', 'No product matches'],
  ['/orders?status=refunded', 'No order is refunded'],
  ['/dead-letters/order-events:999999999', 'There is no such dead letter'],
  ['/incidents/inc_01jdq5w8m3k7x2r9v4t6y0z1ab', 'There is no such incident'],
  ['/databases?name=secrets', 'There is no such database'],
  ['/nowhere', 'There is nothing here'],
] as const;

/** How the pages of the console look. */
export const looks = (at: Storefront): void => {
  describe('a page of the console', () => {
    it.each([faces[0], faces[3]])(
      'at $width pixels, $colorScheme, keeps nobody out and fits the window',
      async (face) => {
        const { page, complaints, picture, overflow } = await visitAsStaff(at, '/orders', face);
        for (const [name, path, heading] of shown) {
          await page.goto(`${at.console()}${path}`);
          const title = page.getByRole('heading', { level: 1, name: heading, exact: true });
          // A page begins beside or below its menu where one sees it, and not under what takes its place.
          const { y } = (await title.boundingBox()) ?? { y: Number.POSITIVE_INFINITY };
          expect([name, y < (page.viewportSize()?.height ?? 0)]).toEqual([name, true]);
          await page.locator('.place :is(table, .empty, .chart)').first().waitFor();
          expect([name, await barriers(page), await overflow()]).toEqual([name, [], 0]);
          await picture(`console-${name}`);
        }
        await page.locator(`a[href="/orders"]`).last().click();
        await page.getByRole('table', { name: 'Orders' }).getByRole('link').first().click();
        await page.getByRole('table', { name: 'Goods' }).waitFor();
        expect([await barriers(page), await overflow()]).toEqual([[], 0]);
        await picture('console-order');
        expect(faultsIn(complaints)).toEqual([]);
        await page.close();
      },
    );

    it('about nothing is kind, and keeps nobody out', async () => {
      const { page } = await visitAsStaff(at, '/orders');
      for (const [path, heading] of missing) {
        await page.goto(`${at.console()}${path}`);
        await page.getByRole('heading', { name: heading }).waitFor();
        expect([path, await barriers(page)]).toEqual([path, []]);
      }
      await page.close();
    });

    it('of a shop that is away, or asks to wait, says so, and goes on by itself', async () => {
      const { page } = await visitAsStaff(at, '/staff');
      for (const [status, asked, link, label] of [
        [503, 'orders', 'Orders', 'Orders'],
        [429, 'products', 'Stock', 'Products'],
      ] as const) {
        await page.route(`**/api/v1/${asked}?*`, (route) =>
          route.fulfill({ status, headers: { 'retry-after': '1' }, json: { code: 'test', detail: 'Away.' } }),
        );
        await page.getByRole('link', { name: link }).click();
        await page.getByText(status === 429 ? /Too many requests/ : /The shop does not answer/).waitFor();
        await page.unroute(`**/api/v1/${asked}?*`);
        await page.getByRole('table', { name: label }).waitFor();
      }
      await page.close();
    });

    it('without a network says so over what it knew, and goes on by itself', async () => {
      const { page } = await visitAsStaff(at, '/orders');
      await page.getByRole('table', { name: 'Orders' }).waitFor();
      await page.context().setOffline(true);
      await page.getByRole('link', { name: 'Books' }).hover();
      await page.getByLabel('State').selectOption('paid');
      await page.getByText('You are offline').waitFor();
      await page.context().setOffline(false);
      await page.getByRole('table', { name: 'Orders' }).waitFor();
      await page.close();
    });

    it(`loads at most ${scriptBudget} bytes of script at first, compressed`, async () => {
      const bytes = await scriptOfFirstPage(at, `${at.console()}/orders`, async (page) => {
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      });
      console.log(`script of the console's first page: ${bytes} bytes of ${scriptBudget}, compressed`);
      expect(bytes).toBeGreaterThan(10_000);
      expect(bytes).toBeLessThanOrEqual(scriptBudget);
    });
  });
};
