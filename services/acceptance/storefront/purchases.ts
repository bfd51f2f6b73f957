/** Buying, however it goes. */
import { describe, expect, it } from '@jest/globals';
import { createShopClient } from '../../contracts/http/client.ts';
import { faces, visit } from '../../kit/testing/browser.ts';
import { address, barriers, desk, faultsIn, fillCart, fillForm, paid, pay, type Storefront } from './visitor.ts';

/** Buying, however it goes. */
export const purchases = (at: Storefront): void => {
  describe('a purchase', () => {
    it('goes by keyboard alone', async () => {
      const { page, complaints } = await visit(at.browser(), `${at.shop()}/products?q=love`, desk);
      await page.locator('.grid .card-link').first().waitFor();
      /** Presses Tab until what has the focus is called so. */
      const tabTo = async (name: RegExp) => {
        for (let presses = 0; presses < 120; presses += 1) {
          await page.keyboard.press('Tab');
          const focused = await page.evaluate<string>(
            "(() => { const { ariaLabel, innerText, labels } = document.activeElement; return ariaLabel || labels?.[0]?.innerText || innerText || ''; })()",
          );
          if (name.test(focused)) return;
        }
        throw new Error(`no way by Tab to ${name}`);
      };
      const first = await page.locator('.grid .card-title').first().innerText();
      await tabTo(new RegExp(RegExp.escape(first)));
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Add to cart' }).waitFor();
      await tabTo(/^Add to cart$/);
      await page.keyboard.press('Enter');
      await page.getByText('is in your cart').waitFor();
      await tabTo(/^Go to cart$/);
      await page.keyboard.press('Enter');
      await page.getByRole('link', { name: 'Check out' }).waitFor();
      await tabTo(/^Check out/);
      await page.keyboard.press('Enter');
      await page.getByLabel('E-mail').waitFor();
      for (const [label, text] of [
        [/^E-mail/, 'ada@example.com'],
        [/^Name/, address.name],
        [/^Street/, address.street],
        [/^Postal/, address.zip],
        [/^City/, address.city],
        [/^Country/, 'United States'],
      ] as const) {
        await tabTo(label);
        await page.keyboard.type(text);
      }
      await tabTo(/^Pay /);
      await page.keyboard.press('Enter');
      await paid(page).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('is one order, however often Pay is pressed', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      const placed: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'POST' && request.url().endsWith('/orders'))
          placed.push(request.headers()['idempotency-key'] ?? '');
      });
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await fillForm(page);
      await pay(page).dblclick();
      await paid(page).waitFor();
      expect(new Set(placed).size).toBe(1);
      await page.goBack();
      await page.getByRole('button', { name: /^Pay / }).waitFor({ state: 'detached' });
      await page.close();
    });

    it('whose answer was lost is asked about again and paid once', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await fillForm(page);
      const keys: string[] = [];
      await page.route('**/api/v1/orders', async (route) => {
        keys.push(route.request().headers()['idempotency-key'] ?? '');
        if (keys.length > 1) return route.continue();
        await route.fetch();
        await route.abort();
      });
      await pay(page).click();
      await page.getByRole('heading', { name: /We do not know yet/ }).waitFor();
      // As after a crash of the browser: the tab comes back with what it kept.
      await page.reload();
      await paid(page).waitFor();
      expect([keys.length >= 2, new Set(keys).size]).toEqual([true, 1]);
      await page.close();
    });

    it('by a card that is declined charges nothing, and goes on with another', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await fillForm(page);
      await page.getByLabel('A card that is declined').check();
      await pay(page).click();
      await page.getByText('Nothing was charged').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: 'Try another card' }).click();
      await fillForm(page);
      await pay(page).click();
      await paid(page).waitFor();
      await page.close();
    });

    it('of a cart that another tab changed is refused, shown as it is now, and paid then', async () => {
      const context = await at.browser().newContext();
      const page = await context.newPage();
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await fillForm(page);
      const other = await context.newPage();
      await fillCart(at, other, 'king');
      await pay(page).click();
      await page.getByText('Your cart has changed').waitFor();
      await page.locator('.summary dt').nth(2).waitFor();
      await pay(page).click();
      await paid(page).waitFor();
      await context.close();
    });

    it('is watched to its end, also when a stream of it ends before', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await fillForm(page);
      await pay(page).click();
      await paid(page).waitFor();
      let streams = 0;
      // The page finds the order as it was before it was paid, and a stream that ends without a word.
      await page.route(/\/api\/v1\/orders\/ord_\w+$/, async (route) => {
        const answer = await route.fetch();
        const { order } = await answer.json();
        await route.fulfill({ response: answer, json: { order: { ...order, status: 'pending' } } });
      });
      await page.route(/\/api\/v1\/orders\/ord_\w+\/events$/, async (route) => {
        streams += 1;
        if (streams > 1) return route.continue();
        return route.fulfill({ headers: { 'content-type': 'text/event-stream' }, body: '' });
      });
      await page.reload();
      await paid(page).waitFor();
      expect(streams).toBe(2);
      await page.close();
    });

    it('of a hundred films is shown, paid and told of like any other', async () => {
      const { page, complaints, overflow, picture } = await visit(at.browser(), `${at.shop()}/cart`, faces[2]);
      const { items } = await createShopClient({ baseUrl: at.platform().gateway }).products.list({
        query: { limit: 100, sort: 'price-ascending' },
      });
      for (const { id } of items)
        await page.request.post(`${at.shop()}/api/v1/cart/items`, { data: { productId: id, quantity: 1 } });
      await page.reload();
      await page.locator('.line-item').nth(99).waitFor();
      const isFine = async () =>
        expect([await barriers(page), await overflow(), faultsIn(complaints)]).toEqual([[], 0, []]);
      await isFine();
      await page.getByRole('link', { name: 'Check out' }).click();
      await fillForm(page);
      await isFine();
      await picture('shop-hundred-films');
      await pay(page).click();
      await paid(page).waitFor();
      await isFine();
      await page.close();
    });

    it('goes in German from the first page to the order', async () => {
      const context = await at.browser().newContext({ locale: 'de-DE', viewport: { width: 390, height: 900 } });
      const page = await context.newPage();
      await page.goto(at.shop());
      await page.getByLabel('Filme suchen').fill('love');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Treffer für „love“' }).waitFor();
      await page.locator('.grid .card-link').first().click();
      await page.getByRole('button', { name: 'In den Warenkorb' }).click();
      await page.getByRole('link', { name: 'Zum Warenkorb' }).last().click();
      await page.getByRole('link', { name: 'Zur Kasse' }).click();
      await page.getByLabel('E-Mail').fill('ada@example.com');
      await page.getByLabel('Name').fill(address.name);
      await page.getByLabel('Straße und Hausnummer').fill('Unter den Linden 1');
      await page.getByLabel('Postleitzahl').fill('10117');
      await page.getByLabel('Ort').fill('Berlin');
      // The country is that of the reader's language and region.
      await page.getByRole('button', { name: /^\d+,\d\d\s\$ bezahlen$/ }).waitFor();
      expect(await page.evaluate('document.documentElement.lang')).toBe('de');
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('button', { name: /bezahlen$/ }).click();
      await page.getByRole('heading', { level: 1, name: 'Bezahlt. Wir packen.' }).waitFor();
      expect(await page.locator('address').innerText()).toContain('Deutschland');
      expect(await barriers(page)).toEqual([]);
      await context.close();
    });

    it('keeps names of any script as they are, and runs none', async () => {
      const { page, complaints } = await visit(at.browser(), at.shop(), desk);
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      const name = '<img src=x onerror=alert(1)> 🎬 שלום';
      const script = '"><script>alert(1)</script>';
      await fillForm(page, { name, street: script, zip: '<b>1', city: script });
      await page.getByLabel('Apartment').fill(script);
      await page.getByLabel('State or region').fill(script);
      await pay(page).click();
      await paid(page).waitFor();
      expect(await page.locator('address').innerText()).toContain(name);
      await page.getByLabel('Search films').fill(script);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: script }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });
  });
};
