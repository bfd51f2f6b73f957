/** Paying by Stripe, however it goes. */
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Face, faces } from '../../kit/testing/browser.ts';
import { eventually } from '../../kit/testing/condition.ts';
import type { StripePeer } from '../../payment/testing/stripe-peer.ts';
import { serveStripe, stripeCards } from '../testing/stripe-in-browser.ts';
import { barriers, desk, fillCart, fillForm, paid, pay, type Storefront } from './visitor.ts';

const cardNumber = (page: Page) => page.frameLocator('.card-form iframe').getByLabel('Card number');
const bank = (page: Page) => page.frameLocator('iframe[title="Your bank"]');

/** The idempotency keys of the orders that a page asks for, as it does. */
const keysOf = (page: Page): string[] => {
  const keys: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/orders'))
      keys.push(request.headers()['idempotency-key'] ?? '');
  });
  return keys;
};

/** Paying by Stripe, however it goes. */
export const stripePayments = (
  at: Storefront & { peer(): StripePeer },
  picture: (page: Page, name: string) => Promise<void>,
): void => {
  /** A guest with a filled form, but for the card. */
  const checkOut = async ({ width, colorScheme }: Face = desk) => {
    const context = await at.browser().newContext({ viewport: { width, height: 900 }, colorScheme });
    const refused: string[] = [];
    const stripe = await serveStripe(context, at.peer());
    const page = await context.newPage();
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) refused.push(message.text());
    });
    const keys = keysOf(page);
    await fillCart(at, page);
    await page.goto(`${at.shop()}/checkout`);
    await fillForm(page);
    return { context, page, stripe, keys, refused };
  };
  const intents = () => [...at.peer().intents.values()];
  /** What was taken for the newest payment, and from how many. */
  const taken = (before: number) =>
    intents()
      .slice(before)
      .map(({ status, amount, amount_received }) => [status, amount_received === amount]);

  describe('a payment by Stripe', () => {
    it('is made with a card that Stripe alone sees, of the amount that is shown, and taken once', async () => {
      const before = intents().length;
      const { context, page, stripe, refused } = await checkOut();
      await cardNumber(page).fill(stripeCards.visa);
      expect(await barriers(page)).toEqual([]);
      await pay(page).click();
      await paid(page).waitFor();
      expect(taken(before)).toEqual([['succeeded', true]]);
      expect(stripe.tokensAsked.map((asked) => [Number(asked.get('amount')), asked.get('captureMethod')])).toEqual([
        [intents().at(-1)?.amount, 'manual'],
      ]);
      expect(refused).toEqual([]);
      await context.close();
    });

    it('without a number is not sent, and by a card that is declined charges nothing and goes on with another', async () => {
      const { context, page, keys } = await checkOut();
      await cardNumber(page).waitFor();
      await pay(page).click();
      await cardNumber(page).fill('1234');
      await pay(page).click();
      await page.getByText('Your card number is invalid.').waitFor();
      expect(keys).toEqual([]);
      await cardNumber(page).fill(stripeCards.declined);
      await pay(page).click();
      await page.getByText('Nothing was charged').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Try another card' }).click();
      await fillForm(page);
      await cardNumber(page).fill(stripeCards.visa);
      await pay(page).click();
      await paid(page).waitFor();
      await context.close();
    });

    it('is one order and one charge, however often Pay is pressed', async () => {
      const before = intents().length;
      const { context, page, keys } = await checkOut();
      await cardNumber(page).fill(stripeCards.visa);
      await pay(page).dblclick();
      await paid(page).waitFor();
      expect([new Set(keys).size, taken(before)]).toEqual([1, [['succeeded', true]]]);
      await context.close();
    });

    it.each(faces)(
      'of which the bank asks who pays is paid once that is answered: $width $colorScheme',
      async (face) => {
        const before = intents().length;
        const { context, page, refused } = await checkOut(face);
        await cardNumber(page).fill(stripeCards.authenticate);
        await picture(page, `shop-stripe-${face.width}-${face.colorScheme}`);
        await pay(page).click();
        await bank(page).getByRole('button', { name: 'left' }).click();
        await page.getByRole('button', { name: 'Answer the bank' }).waitFor();
        expect(await barriers(page)).toEqual([]);
        await picture(page, `shop-bank-asks-${face.width}-${face.colorScheme}`);
        expect(taken(before)).toEqual([['requires_action', false]]);
        await page.getByRole('button', { name: 'Answer the bank' }).click();
        await bank(page).getByRole('button', { name: 'complete' }).click();
        await paid(page).waitFor();
        expect(taken(before)).toEqual([['succeeded', true]]);
        expect(refused).toEqual([]);
        await context.close();
      },
    );

    it('of which the bank asks who pays is answered after going back and coming again, and charged once', async () => {
      const before = intents().length;
      const { context, page, keys } = await checkOut();
      await cardNumber(page).fill(stripeCards.authenticate);
      await pay(page).click();
      await bank(page).getByRole('button', { name: 'complete' }).waitFor();
      await page.goBack();
      await page.goForward();
      await page.reload();
      await bank(page).getByRole('button', { name: 'complete' }).click();
      await paid(page).waitFor();
      expect([keys.length, taken(before)]).toEqual([1, [['succeeded', true]]]);
      await context.close();
    });

    it('of somebody whom the bank does not know is not made, and says why', async () => {
      const { context, page } = await checkOut();
      await cardNumber(page).fill(stripeCards.authenticate);
      await pay(page).click();
      await bank(page).getByRole('button', { name: 'fail' }).click();
      await page.getByText('Your bank could not make sure that it is you who pays.').waitFor();
      await page.getByText('Nothing was charged').waitFor();
      await context.close();
    });

    it('that is cancelled while the bank asks is given up at Stripe, too', async () => {
      const before = intents().length;
      const { context, page } = await checkOut();
      await cardNumber(page).fill(stripeCards.authenticate);
      await pay(page).click();
      await bank(page).getByRole('button', { name: 'left' }).click();
      await page.getByRole('button', { name: 'Cancel order' }).click();
      await page.locator('.notice').getByRole('button', { name: 'Cancel order' }).click();
      await page.getByRole('heading', { level: 1, name: 'Cancelled' }).waitFor();
      await eventually(async () => expect(taken(before)).toEqual([['canceled', false]]));
      await context.close();
    });

    it.each(faces)(
      'whose form does not come says so, sends nothing, and goes on once it comes: $width $colorScheme',
      async (face) => {
        const context = await at
          .browser()
          .newContext({ viewport: { width: face.width, height: 900 }, colorScheme: face.colorScheme });
        const stripe = await serveStripe(context, at.peer());
        stripe.isReachable = false;
        const page = await context.newPage();
        const keys = keysOf(page);
        await fillCart(at, page);
        await page.goto(`${at.shop()}/checkout`);
        await page.getByText('The card form did not load.').waitFor();
        await fillForm(page);
        expect(await barriers(page)).toEqual([]);
        expect(await pay(page).getAttribute('aria-disabled')).toBe('true');
        await page.getByLabel('City').press('Enter');
        expect(keys).toEqual([]);
        await picture(page, `shop-stripe-blocked-${face.width}-${face.colorScheme}`);
        stripe.isReachable = true;
        await page.getByRole('button', { name: 'Load it again' }).click();
        await cardNumber(page).fill(stripeCards.visa);
        await pay(page).click();
        await paid(page).waitFor();
        await context.close();
      },
    );
  });
};
