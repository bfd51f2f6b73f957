/** Carts that wait: what changed about them meanwhile, and the reminders of those who want them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { type Face, gone, visit } from '../../kit/testing/browser.ts';
import { eventually } from '../../kit/testing/condition.ts';
import {
  barriers,
  desk,
  faultsIn,
  fillCart,
  linkMailedTo,
  phone,
  type Storefront,
  signUp,
  staffClient,
} from './visitor.ts';

const dollars = (amount: number) => `$${(amount / 100).toFixed(2)}`;

const reminders = (page: Page, checked: boolean) =>
  page.getByRole('checkbox', { name: 'Remind me of a cart that I left', checked });

/** Turns the switch of reminders, and waits until the account has it. */
const turn = async (page: Page, to: boolean) => {
  const kept = page.waitForResponse((answer) => answer.request().method() === 'PATCH' && answer.ok());
  await reminders(page, !to).click();
  await kept;
  await page.reload();
  await reminders(page, to).waitFor();
};

/** Lets the cart of who is signed in be as old as one that was left. */
const anHourPasses = async ({ platform }: Storefront, page: Page) => {
  const { user } = await page.evaluate<{ user: { id: string } }>(
    "fetch('/api/v1/session').then((answer) => answer.json())",
  );
  const { databases } = JSON.parse(await readFile(path.join(platform().folder, 'state.json'), 'utf8'));
  const carts = new pg.Client({ connectionString: databases.carts });
  await carts.connect();
  try {
    const aged = await carts.query(
      "UPDATE carts SET updated_at = updated_at - interval '61 minutes' WHERE user_id = $1",
      [user.id],
    );
    expect(aged.rowCount).toBe(1);
  } finally {
    await carts.end();
  }
};

/** A cart whose film gets dearer and is nearly sold out meanwhile: its page says so, takes both, and is bought then. */
const changesMeanwhile = async (at: Storefront, face: Face, title: string) => {
  const { products } = await staffClient(at);
  const { page, complaints, overflow, picture } = await visit(at.browser(), at.shop(), face);
  await fillCart(at, page, title);
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const { price, stock } = await products.find({ params: { id } });
  await page.goto(`${at.shop()}/cart`);
  await page.getByLabel(/^Quantity of/).selectOption('3');
  await page
    .locator('.summary')
    .getByText(dollars(price.amount * 3))
    .waitFor();
  const dearer = { ...price, amount: price.amount + 250 };
  await products.update({ params: { id }, body: { price: dearer } });
  await products.adjustStock({ params: { id }, body: { change: 2 - stock, reason: 'Sold in the store' } });
  // A cart shows prices that are a minute old at most.
  await eventually(async () => {
    await page.reload();
    await page.getByText('Only 2 left: choose fewer to go on.').waitFor({ timeout: 2_000 });
  });
  const [before, now] = [dollars(price.amount), dollars(dearer.amount)];
  await page.getByText(`Now ${now}, it was ${before} when you chose it.`).waitFor();
  await page.getByText('Something has changed since you filled your cart.').waitFor();
  await gone(page.getByRole('link', { name: 'Check out' }));
  expect([await barriers(page), await overflow()]).toEqual([[], 0]);
  await picture('shop-cart-changed');
  await page.getByLabel(/^Quantity of/).selectOption('2');
  await page.getByRole('link', { name: 'Check out' }).waitFor();
  await gone(page.getByText('choose fewer to go on'));
  await page.getByRole('button', { name: 'Agree to the new prices' }).click();
  await gone(page.getByText('Something has changed'));
  await page
    .locator('.summary')
    .getByText(dollars(dearer.amount * 2))
    .waitFor();
  expect([await barriers(page), faultsIn(complaints)]).toEqual([[], []]);
  await products.adjustStock({ params: { id }, body: { change: stock - 2, reason: 'Found again' } });
  await products.update({ params: { id }, body: { price } });
  await page.close();
};

/** Carts that wait. */
export const waitingCarts = (at: Storefront): void => {
  describe('a cart that waits', () => {
    it('says at a desk and on a phone that its price went up and that less is left, takes both, and is bought then', async () => {
      // At once, because each waits for the minute.
      await Promise.all([changesMeanwhile(at, desk, 'memento'), changesMeanwhile(at, phone, 'gladiator')]);
    });

    it('is reminded of where its customer said so, who stops that by the mailed link', async () => {
      const { page, complaints, overflow, picture } = await visit(at.browser(), at.shop(), phone);
      const email = await signUp(at, page, 'Barbara Liskov');
      await page.goto(await linkMailedTo(at, email, '/verify#'));
      await page.getByRole('heading', { name: 'This address is yours' }).waitFor();
      await page.goto(`${at.shop()}/account`);
      await reminders(page, false).waitFor();
      await turn(page, true);
      await turn(page, false);
      await turn(page, true);
      expect([await barriers(page), await overflow()]).toEqual([[], 0]);
      await reminders(page, true).scrollIntoViewIfNeeded();
      await picture('shop-account-reminders');
      await fillCart(at, page);

      await anHourPasses(at, page);
      // The shop looks for carts that were left once a minute.
      const link = await linkMailedTo(at, email, '/unsubscribe#', { timeoutMs: 300_000, everyMs: 1_000 });
      const stop = async () => {
        await page.goto(link);
        // Who has the page open already goes to another part of it.
        await page.reload();
        await page.goto(link);
        await page.getByRole('heading', { level: 1, name: 'Stop reminders' }).waitFor();
        await page.waitForURL(`${at.shop()}/unsubscribe`);
      };
      await stop();
      expect([await barriers(page), await overflow()]).toEqual([[], 0]);
      await picture('shop-unsubscribe');
      await page.getByRole('button', { name: 'Stop reminders' }).click();
      await page.getByRole('heading', { name: 'No more reminders' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await picture('shop-unsubscribed');
      await page.goto(`${at.shop()}/account`);
      await reminders(page, false).waitFor();
      await stop();
      await page.getByRole('button', { name: 'Stop reminders' }).click();
      await page.getByRole('heading', { name: 'No more reminders' }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);

      await page.goto(`${at.shop()}/cart`);
      await page.goto(`${at.shop()}/unsubscribe#${'A'.repeat(43)}`);
      await page.getByRole('button', { name: 'Stop reminders' }).click();
      await page.getByRole('alert').getByText('This link does not work.').waitFor();
      expect(await barriers(page)).toEqual([]);
      await picture('shop-unsubscribe-dead');
      await page.getByRole('alert').getByRole('link').click();
      await page.getByRole('heading', { name: 'Hello, Barbara Liskov' }).waitFor();
      await reminders(page, false).waitFor();
      await page.close();
    });
  });
};
