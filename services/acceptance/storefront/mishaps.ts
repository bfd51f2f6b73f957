/** What happens to customers through no fault of theirs: each is told what it is, keeps what was typed, and goes on. */
import { describe, expect, it } from '@jest/globals';
import type { Locator, Page } from 'playwright-core';
import { gone, holds, visit } from '../../kit/testing/browser.ts';
import {
  address,
  barriers,
  desk,
  fillCart,
  fillForm,
  paid,
  password,
  pay,
  type Storefront,
  signUp,
  staffClient,
} from './visitor.ts';

/** What a session that ended elsewhere leaves in a browser: tokens that open nothing. */
const endSession = async (page: Page) => {
  const context = page.context();
  const tokens = (await context.cookies()).filter(({ name }) => /access|refresh/.test(name));
  await context.addCookies(tokens.map((cookie) => ({ ...cookie, value: `${cookie.value.slice(0, -8)}AAAAAAAA` })));
};

const isInSight = async (what: Locator) => {
  const { y = -1, height = 0 } = (await what.boundingBox()) ?? {};
  return y >= 0 && y + height <= (what.page().viewportSize()?.height ?? 0);
};

const signInAgain = async (page: Page) => {
  await page.getByRole('dialog', { name: 'Your session has ended' }).waitFor();
  expect(await barriers(page)).toEqual([]);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
};

/** What happens to customers through no fault of theirs. */
export const mishaps = (at: Storefront): void => {
  describe('a customer', () => {
    it('whose price changes, and whose film is sold out before paying, is told each, and has paid nothing', async () => {
      const { products } = await staffClient(at);
      const { page, picture } = await visit(at.browser(), at.shop(), desk);
      await fillCart(at, page, 'zathura');
      const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      const { price, stock } = await products.find({ params: { id } });
      await page.goto(`${at.shop()}/checkout`);
      await fillForm(page);
      await products.update({ params: { id }, body: { price: { ...price, amount: price.amount + 100 } } });
      await pay(page).click();
      const [before, after] = [price.amount, price.amount + 100].map((amount) => `$${(amount / 100).toFixed(2)}`);
      await page.getByText(`A price has changed: it was ${before}, it is now ${after}.`).waitFor();
      // Where one looks who pressed it.
      expect(await isInSight(page.getByRole('alert'))).toBe(true);
      await page.getByRole('button', { name: `Pay ${after}` }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await picture('shop-price-changed');
      await products.adjustStock({ params: { id }, body: { change: -stock, reason: 'Broken in the store' } });
      await pay(page).click();
      await page.getByText('Something in your cart was sold meanwhile.').waitFor();
      await page.locator('.summary').getByText('No longer available').waitFor();
      await page.goto(`${at.shop()}/cart`);
      await page.getByText('Sold out: remove it to go on.').waitFor();
      await gone(page.getByRole('link', { name: 'Check out' }));
      expect(await barriers(page)).toEqual([]);
      await picture('shop-sold-out');
      await products.adjustStock({ params: { id }, body: { change: stock, reason: 'Found again' } });
      await products.update({ params: { id }, body: { price } });
      await page.getByRole('button', { name: /^Remove/ }).click();
      await page.getByRole('heading', { name: 'Your cart is empty' }).waitFor();
      await page.close();
    });

    it('who is offline reads so, opens no page of the browser, and goes on where he was', async () => {
      const { page, picture } = await visit(at.browser(), `${at.shop()}/products?q=love`, desk);
      const card = page.locator('.grid .card-link').first();
      await card.waitFor();
      await page.context().setOffline(true);
      await page.getByText('You are offline.').waitFor();
      await card.click();
      expect(await barriers(page)).toEqual([]);
      await picture('shop-offline');
      await page.context().setOffline(false);
      await page.getByRole('button', { name: 'Add to cart' }).waitFor();
      await page.getByText('You are offline.').waitFor({ state: 'detached' });
      await page.context().setOffline(true);
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.getByText('Try again once you are connected.').waitFor();
      await page.context().setOffline(false);
      await page.getByRole('button', { name: 'Add to cart' }).click();
      await page.getByText('is in your cart').waitFor();
      await page.close();
    });

    it('whose session ends while he pays, and while he writes an address, signs in again and finds it as it was', async () => {
      const { page, picture } = await visit(at.browser(), at.shop(), desk);
      await signUp(at, page, 'Emmy Noether');
      await page.getByRole('button', { name: 'Add an address' }).click();
      await page.getByLabel('Name').fill('Emmy Noether');
      await page.getByLabel('Street and number').fill('Hauptstraße 23');
      await page.getByLabel('Postal code').fill('91054');
      await page.getByLabel('City').fill('Erlangen');
      await page.getByLabel('Country').selectOption('DE');
      await endSession(page);
      await page.getByRole('button', { name: 'Keep this address' }).click();
      await page.getByRole('dialog').waitFor();
      await picture('shop-session-ended');
      await signInAgain(page);
      await holds(page.getByLabel('Street and number'), 'Hauptstraße 23');
      await page.getByRole('button', { name: 'Keep this address' }).click();
      await page.locator('.kept-address').filter({ hasText: 'Hauptstraße 23' }).waitFor();

      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await page.getByRole('radio', { name: 'Another address' }).check();
      await page.getByLabel('Name').fill(address.name);
      await page.getByLabel('Street and number').fill(address.street);
      await page.getByLabel('Postal code').fill(address.zip);
      await page.getByLabel('City').fill(address.city);
      await page.getByLabel('Country').selectOption('US');
      await endSession(page);
      await pay(page).click();
      await signInAgain(page);
      await holds(page.getByLabel('Street and number'), address.street);
      await pay(page).click();
      await paid(page).waitFor();
      expect(await page.locator('address').innerText()).toContain(address.street);
      await page.close();
    });

    it('who goes back while paying comes to the same order, and pays once', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      await fillCart(at, page);
      await page.getByRole('link', { name: 'Go to cart' }).click();
      await page.getByRole('link', { name: 'Check out' }).click();
      await fillForm(page);
      const keys: string[] = [];
      const { promise: answered, resolve } = Promise.withResolvers<void>();
      await page.route('**/api/v1/orders', async (route) => {
        keys.push(route.request().headers()['idempotency-key'] ?? '');
        await answered;
        await route.continue();
      });
      await pay(page).click();
      await page.getByRole('button', { name: 'Paying' }).waitFor();
      await page.goBack();
      await page.getByRole('heading', { name: 'Your cart' }).waitFor();
      await page.goForward();
      await page.getByRole('heading', { name: 'We are asking whether your payment arrived.' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      resolve();
      await paid(page).waitFor();
      expect(new Set(keys).size).toBe(1);
      await page.close();
    });

    it('with two tabs sees in each what the other changed', async () => {
      const context = await at.browser().newContext();
      const page = await context.newPage();
      await fillCart(at, page);
      await page.goto(`${at.shop()}/cart`);
      await page.locator('.line-item').waitFor();
      await fillCart(at, await context.newPage(), 'king');
      // What a browser tells the page of a tab that is looked at again.
      await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
      await page.locator('.line-item').nth(1).waitFor();
      await context.close();
    });
  });
};
