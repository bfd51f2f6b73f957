/** Looking for something: suggestions while typing, and lists that are narrowed. */
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { holds, visit } from '../../kit/testing/browser.ts';
import { barriers, desk, faultsIn, type Storefront } from './visitor.ts';

const found = (page: Page) => page.locator('.grid .card-title');
const counted = (page: Page, films: RegExp) => page.locator('.filters-end').getByText(films);

/** Looking for something: suggestions while typing, and lists that are narrowed. */
export const searches = (at: Storefront): void => {
  describe('a search', () => {
    it('suggests films while one types, to be chosen by keyboard; Escape closes the list, and Enter alone looks for the words', async () => {
      const { page, complaints, picture } = await visit(at.browser(), at.shop(), desk);
      const field = page.getByLabel('Search films');
      await field.click();
      await page.keyboard.type('the g');
      const suggestions = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
      await suggestions.first().waitFor();
      expect(await barriers(page)).toEqual([]);
      await picture('shop-suggestions');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      const chosen = page.getByRole('option', { selected: false }).and(page.locator('[data-focused]'));
      const title = await chosen.locator('.suggestion-title').innerText();
      expect(title).toMatch(/^The G/);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await field.fill('the go');
      await suggestions.first().waitFor();
      await page.keyboard.press('Escape');
      await suggestions.first().waitFor({ state: 'detached' });
      await holds(field, 'the go');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'the go' }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('keeps what is selected in its field when the suggestions arrive late: what is typed next takes its place', async () => {
      const { page, complaints } = await visit(at.browser(), `${at.shop()}/products?q=love`, desk);
      const late = Promise.withResolvers<void>();
      await page.route(/search-box/, async (route) => {
        await late.promise;
        await route.continue();
      });
      const field = page.getByLabel('Search films');
      await field.focus();
      await field.selectText();
      late.resolve();
      await page.locator('[name=q][role=combobox]').waitFor();
      await page.keyboard.type('rain');
      await holds(field, 'rain');
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('is narrowed by price, genre and stock in its address, which the back button widens again', async () => {
      const { page, complaints } = await visit(at.browser(), `${at.shop()}/products?q=love`, desk);
      await counted(page, /^36 films$/).waitFor();
      await page.getByRole('link', { name: /^\$10\.00 – \$19\.99/ }).click();
      await counted(page, /^13 films$/).waitFor();
      await holds(page.getByLabel('From (USD)'), '10.00');
      await page.getByLabel('To (USD)').fill('15');
      await page.getByLabel('In stock only').check();
      await page.waitForURL(`${at.shop()}/products?q=love&priceMin=1000&priceMax=1500&inStock=true`);
      expect(await barriers(page)).toEqual([]);
      await page.getByLabel('Sort by').selectOption('Price, high to low');
      await page.waitForURL(/sort=price-descending/);
      await found(page).first().waitFor();
      await page.goBack();
      await page.goBack();
      await page.goBack();
      await counted(page, /^13 films$/).waitFor();
      await holds(page.getByLabel('To (USD)'), '19.99');
      await page.getByRole('checkbox', { name: 'In stock only', checked: false }).waitFor();
      await page.goBack();
      await counted(page, /^36 films$/).waitFor();
      await page.getByLabel('Genre').selectOption('Musical');
      await found(page).nth(1).waitFor({ state: 'detached' });
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('that finds nothing offers the way on, and one that is misspelled finds what was meant', async () => {
      const { page, complaints, picture } = await visit(
        at.browser(),
        `${at.shop()}/products?q=love&priceMax=100`,
        desk,
      );
      await page.getByRole('heading', { name: 'Nothing matches' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await picture('shop-nothing');
      await page.getByRole('link', { name: 'Without filters' }).last().click();
      await counted(page, /^36 films$/).waitFor();
      await page.getByLabel('Search films').fill('godfathr');
      await page.keyboard.press('Enter');
      await page.getByText('This comes near').waitFor();
      await found(page).getByText('The Godfather', { exact: true }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });
  });
};
