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
  ['staff', '/staff', 'Staff'],
] as const;

/** How the pages of the console look. */
export const looks = (at: Storefront): void => {
  describe('a page of the console', () => {
    it.each(faces)('at $width pixels, $colorScheme, keeps nobody out and fits the window', async (face) => {
      const { page, complaints, picture, overflow } = await visitAsStaff(at, '/orders', face);
      for (const [name, path, heading] of shown) {
        await page.goto(`${at.console()}${path}`);
        await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
        await page.getByRole('table').first().waitFor();
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
    });

    it.each([
      ['an order that cannot be', '/orders/1', 'There is no such order'],
      ['a product that is gone', '/stock/prd_01jdq5w8m3k7x2r9v4t6y0z1ab', 'There is no such product'],
      ['a search without results', '/stock?q=zzzzqqqq', 'No product matches'],
      ['a state that no order has', '/orders?status=payment-failed', 'No order is payment failed'],
      ['no page', '/nowhere', 'There is nothing here'],
    ])('of %s is kind, and keeps nobody out', async (_, path, heading) => {
      const { page } = await visitAsStaff(at, path);
      await page.getByRole('heading', { name: heading }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.close();
    });

    it.each([
      ['is away', 503, /The shop does not answer/],
      ['asks to wait', 429, /Too many requests/],
    ])('of a shop that %s says so, and goes on by itself', async (_, status, notice) => {
      const { page } = await visitAsStaff(at, '/stock');
      await page.route('**/api/v1/orders?*', (route) =>
        route.fulfill({ status, headers: { 'retry-after': '1' }, json: { code: 'test', detail: 'Away.' } }),
      );
      await page.getByRole('link', { name: 'Orders' }).click();
      await page.getByText(notice).waitFor();
      await page.unroute('**/api/v1/orders?*');
      await page.getByRole('table', { name: 'Orders' }).waitFor();
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
