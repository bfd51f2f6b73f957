/** The way of a guest from the first page to an order, as it looks. */
import { describe, expect, it } from '@jest/globals';
import { faces, visit } from '../../kit/testing/browser.ts';
import { barriers, faultsIn, fillForm, paid, pay, type Storefront } from './visitor.ts';

/** The way of a guest from the first page to an order, as it looks. */
export const journeys = (at: Storefront): void => {
  describe.each(faces)('at $width px by $colorScheme', (face) => {
    it('a guest finds a film, pays, and sees the order move, on pages that keep nobody out', async () => {
      const { page, complaints, overflow, picture } = await visit(at.browser(), at.shop(), face);
      const isFine = async (name: string) => {
        expect([name, await barriers(page), await overflow(), faultsIn(complaints)]).toEqual([name, [], 0, []]);
        await picture(`shop-${name}`);
      };
      await page.locator('.card-link').first().waitFor();
      await isFine('home');
      await page.getByLabel('Search films').fill('love');
      await page.getByLabel('Search films').press('Enter');
      await page.getByRole('heading', { level: 1, name: /love/ }).waitFor();
      await page.locator('.grid .card-link').first().waitFor();
      await isFine('list');
      await page.locator('.grid .card-link').first().click();
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.getByText('is in your cart').waitFor();
      await isFine('product');
      await page.getByRole('link', { name: 'Go to cart' }).click();
      await page.locator('.line-item').waitFor();
      await isFine('cart');
      await page.getByRole('link', { name: 'Check out' }).click();
      await fillForm(page);
      await isFine('checkout');
      await pay(page).click();
      await page.waitForURL(/\/orders\/ord_/);
      await paid(page).waitFor();
      await isFine('order');
      await page.close();
    });
  });
};
