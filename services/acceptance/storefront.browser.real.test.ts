/** The shop as people meet it: real pages on the running platform, by mouse and by keyboard, as seen and as heard. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { faces, openBrowser, visit } from '../kit/testing/browser.ts';
import { manifest } from '../storefront/manifest.ts';
import { type RunningPlatform, startPlatform } from './testing/running-platform.ts';

/** Bytes of script, compressed, that the first page may load. */
const scriptBudget = 120_000;

let browser: Browser;
let platform: RunningPlatform;
let shop = '';
beforeAll(async () => {
  platform = await startPlatform();
  shop = platform.urls[manifest.name] ?? '';
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

/** What keeps people out of a page, one line for each rule that it breaks. */
const barriers = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))",
  );
};

/** What the browser complained about, without what it gave up itself because the page was left: pictures on their way, streams of events. */
const faultsIn = (complaints: readonly string[]) =>
  complaints.filter((complaint) => !/(\/events|\/image\?v=\w+) net::ERR_ABORTED$/.test(complaint));

const desk = faces[0];
const paid = (page: Page) => page.getByRole('heading', { level: 1, name: /^Paid/ });

const fillCart = async (page: Page, query = 'love') => {
  await page.goto(`${shop}/products?q=${query}`);
  await page.locator('.grid .card-link').first().click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText('is in your cart').waitFor();
};

const address = { name: 'Ada Lovelace', street: '12 St James Square', zip: '12345', city: 'Springfield' };

const fillForm = async (page: Page, { name, street, zip, city } = address) => {
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Street and number').fill(street);
  await page.getByLabel('Postal code').fill(zip);
  await page.getByLabel('City').fill(city);
  await page.getByLabel('Country').selectOption('US');
};

const pay = (page: Page) => page.getByRole('button', { name: /^Pay / });

describe.each(faces)('at $width px by $colorScheme', (face) => {
  it('a guest finds a film, pays, and sees the order move, on pages that keep nobody out', async () => {
    const { page, complaints, overflow, picture } = await visit(browser, shop, face);
    const isFine = async (name: string) => {
      expect([name, await barriers(page), await overflow(), faultsIn(complaints)]).toEqual([name, [], 0, []]);
      await picture(`shop-${name}`);
    };
    await page.locator('.card-link').first().waitFor();
    await isFine('home');
    await page.getByRole('searchbox').fill('love');
    await page.getByRole('searchbox').press('Enter');
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

describe('a purchase', () => {
  it('goes by keyboard alone', async () => {
    const { page, complaints } = await visit(browser, `${shop}/products?q=love`, desk);
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
    const { page } = await visit(browser, shop, desk);
    const placed: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/orders'))
        placed.push(request.headers()['idempotency-key'] ?? '');
    });
    await fillCart(page);
    await page.goto(`${shop}/checkout`);
    await fillForm(page);
    await pay(page).dblclick();
    await paid(page).waitFor();
    expect(new Set(placed).size).toBe(1);
    await page.goBack();
    await page.getByRole('button', { name: /^Pay / }).waitFor({ state: 'detached' });
    await page.close();
  });

  it('whose answer was lost is asked about again and paid once', async () => {
    const { page } = await visit(browser, shop, desk);
    await fillCart(page);
    await page.goto(`${shop}/checkout`);
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
    const { page } = await visit(browser, shop, desk);
    await fillCart(page);
    await page.goto(`${shop}/checkout`);
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
    const context = await browser.newContext();
    const page = await context.newPage();
    await fillCart(page);
    await page.goto(`${shop}/checkout`);
    await fillForm(page);
    const other = await context.newPage();
    await fillCart(other, 'king');
    await pay(page).click();
    await page.getByText('Your cart has changed').waitFor();
    await page.locator('.summary dt').nth(2).waitFor();
    await pay(page).click();
    await paid(page).waitFor();
    await context.close();
  });

  it('keeps names of any script as they are, and runs none', async () => {
    const { page, complaints } = await visit(browser, shop, desk);
    await fillCart(page);
    await page.goto(`${shop}/checkout`);
    const name = '<img src=x onerror=alert(1)> 🎬 שלום';
    await fillForm(page, { ...address, name, street: '"><script>alert(1)</script>' });
    await pay(page).click();
    await paid(page).waitFor();
    expect(await page.locator('address').innerText()).toContain(name);
    expect(faultsIn(complaints)).toEqual([]);
    await page.close();
  });
});

describe('a customer', () => {
  const sessionCookies = async (page: Page) =>
    (await page.context().cookies()).filter(({ name }) => /access|refresh/.test(name));

  it('makes an account with the cart of before, buys, finds the order there, and is signed out again', async () => {
    const { page, complaints } = await visit(browser, shop, desk);
    await fillCart(page);
    await page.goto(`${shop}/sign-up`);
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
    await page.goto(`${shop}/checkout`);
    await page.getByText('@example.com').waitFor();
    await page.getByLabel('Name').fill(address.name);
    await page.getByLabel('Street and number').fill(address.street);
    await page.getByLabel('Postal code').fill(address.zip);
    await page.getByLabel('City').fill(address.city);
    await page.getByLabel('Country').selectOption('US');
    await pay(page).click();
    await paid(page).waitFor();
    await page.goto(`${shop}/account`);
    await page.locator('.past-order').first().waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await sessionCookies(page)).toEqual([]);
    expect(faultsIn(complaints)).toEqual([]);
    await page.close();
  });

  it('whose access token is over goes on without noticing', async () => {
    const { page } = await visit(browser, `${shop}/sign-up`, desk);
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

describe('a page', () => {
  it.each([
    ['an order of somebody else', '/orders/ord_01jdq5w8m3k7x2r9v4t6y0z1ab', /We cannot show this order/],
    ['an order that cannot be', '/orders/1', /We cannot show this order/],
    ['a film that is gone', '/products/prd_01jdq5w8m3k7x2r9v4t6y0z1ab', /not on the shelf/],
    ['no page', '/nowhere', /There is nothing here/],
    ['a search without results', '/products?q=zzzzqqqq', /Nothing matches/],
    ['an empty cart', '/cart', /Your cart is empty/],
  ])('of %s is kind, and keeps nobody out', async (_, path, heading) => {
    const { page } = await visit(browser, `${shop}${path}`, desk);
    await page.getByRole('heading', { name: heading }).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.close();
  });

  it.each([
    ['is away', 503, /takes longer than usual/],
    ['asks to wait', 429, /Many people are here/],
  ])('of a shop that %s says so, and goes on by itself', async (_, status, notice) => {
    const { page } = await visit(browser, `${shop}/cart`, desk);
    await page.route('**/api/v1/products?*', (route) =>
      route.fulfill({ status, headers: { 'retry-after': '1' }, json: { code: 'test', detail: 'Away.' } }),
    );
    await page.goto(`${shop}/products`);
    await page.getByText(notice).waitFor();
    await page.unroute('**/api/v1/products?*');
    await page.locator('.grid .card-link').first().waitFor();
    await page.close();
  });

  it(`loads at most ${scriptBudget} bytes of script at first, compressed`, async () => {
    const page = await browser.newPage();
    const sizes: Promise<number>[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'script')
        sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
    });
    await page.goto(shop, { waitUntil: 'networkidle' });
    await page.locator('.card-link').first().waitFor();
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    console.log(`script of the first page: ${bytes} bytes of ${scriptBudget}, compressed`);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(scriptBudget);
    await page.close();
  });
});
