/** Accounts and their sessions. */
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { visit } from '../../kit/testing/browser.ts';
import { barriers, desk, faultsIn, fillAddress, fillCart, paid, pay, type Storefront, signUp } from './visitor.ts';

/** Accounts and their sessions. */
export const customers = (at: Storefront): void => {
  describe('a customer', () => {
    const sessionCookies = async (page: Page) =>
      (await page.context().cookies()).filter(({ name }) => /access|refresh/.test(name));

    it('makes an account with the cart of before, buys, finds the order there, and is signed out again', async () => {
      const { page, complaints } = await visit(at.browser(), at.shop(), desk);
      await fillCart(at, page);
      await page.goto(`${at.shop()}/sign-up`);
      await page.getByLabel('Name').fill('Ada Lovelace');
      await page.getByLabel('E-mail').fill(`ada-${Date.now()}@example.com`);
      await page.getByLabel('Password').fill('a rather long password');
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Make an account' }).click();
      await page.getByRole('heading', { name: 'Hello, Ada Lovelace' }).waitFor();
      expect((await sessionCookies(page)).map(({ httpOnly, sameSite }) => [httpOnly, sameSite])).toEqual([
        [true, 'Lax'],
        [true, 'Lax'],
      ]);
      await page.goto(`${at.shop()}/checkout`);
      await page.getByText('@example.com').waitFor();
      await fillAddress(page);
      await pay(page).click();
      await paid(page).waitFor();
      await page.goto(`${at.shop()}/account`);
      await page.locator('.past-order').first().waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(await sessionCookies(page)).toEqual([]);
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('who signs out while nobody knows whether he paid leaves nothing that the next one could pay', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      await signUp(at, page, 'Ada Lovelace');
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await page.getByText('@example.com').waitFor();
      await fillAddress(page);
      await page.route('**/api/v1/orders', (route) => route.abort());
      await pay(page).click();
      await page.getByRole('button', { name: 'Ask again' }).waitFor();
      await page.goto(`${at.shop()}/account`);
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.unroute('**/api/v1/orders');
      await fillCart(at, page, 'paris');
      await page.goto(`${at.shop()}/checkout`);
      await pay(page).waitFor();
      expect(await page.evaluate("sessionStorage.getItem('payment-attempt')")).toBeNull();
      await page.close();
    });

    it('whose access token is over goes on without noticing', async () => {
      const { page } = await visit(at.browser(), `${at.shop()}/sign-up`, desk);
      await page.getByLabel('Name').fill('Grace');
      await page.getByLabel('E-mail').fill(`grace-${Date.now()}@example.com`);
      await page.getByLabel('Password').fill('a rather long password');
      await page.getByRole('button', { name: 'Make an account' }).click();
      await page.getByRole('heading', { name: 'Hello, Grace' }).waitFor();
      const [access] = (await sessionCookies(page)).filter(({ name }) => name.includes('access'));
      if (!access) throw new Error('the browser has no access token');
      await page.context().addCookies([{ ...access, value: `${access.value.slice(0, -4)}AAAA` }]);
      await page.reload();
      await page.getByRole('heading', { name: 'Hello, Grace' }).waitFor();
      await page.getByText('Nothing yet.').waitFor();
      await page.close();
    });
  });
};
