/** Pages in every state that they can be in. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { gone, visit } from '../../kit/testing/browser.ts';
import { longestShellMs } from '../../storefront/shell-kept.ts';
import { barriers, desk, type Storefront } from './visitor.ts';

/** Bytes of script, compressed, that the first page may load. */
const scriptBudget = 120_000;

/** Bytes of script, compressed, that a page loads until `isShown` resolves and nothing is loaded any more. */
export const scriptOfFirstPage = async (
  at: Storefront,
  url: string,
  isShown: (page: Page) => Promise<void>,
): Promise<number> => {
  const page = await at.browser().newPage();
  const sizes: Promise<number>[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script')
      sizes.push(response.body().then((body) => gzipSync(body, { level: 9 }).length));
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await isShown(page);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  await page.close();
  return bytes;
};

/** Opens a page whose script is on its way until `script.comes`, and waits for the first picture of it. */
const withoutScript = async (at: Storefront, path: string, locale: string) => {
  const page = await at.browser().newPage({ locale, viewport: { width: 390, height: 844 } });
  const coming = Promise.withResolvers<void>();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const html = await (await fetch(at.shop())).text();
  const [, entry = ''] = /<script type="module"[^>]* src="([^"]+)"/.exec(html) ?? [];
  expect(entry).toMatch(/\.js$/);
  await page.route(`**${entry}`, async (route) => {
    await coming.promise;
    await route.continue();
  });
  await page.goto(at.shop() + path, { waitUntil: 'commit' });
  await page.locator('.shell .poster img').first().waitFor();
  // Where the title and the posters of the first screen are, in their own letters.
  const places = (): Promise<string[]> =>
    page.evaluate(`document.fonts.ready.then(() => [...document.querySelectorAll('main .poster, main h1')].map((one) => one.getBoundingClientRect())
      .filter(({ x, y }) => y < innerHeight && x < innerWidth).map(({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ')))`);
  return { page, asked, places, script: { comes: coming.resolve } };
};

/** Pages in every state that they can be in. */
export const pages = (at: Storefront): void => {
  describe('a page', () => {
    it.each([
      ['an order of somebody else', '/orders/ord_01jdq5w8m3k7x2r9v4t6y0z1ab', /We cannot show this order/],
      ['an order that cannot be', '/orders/1', /We cannot show this order/],
      ['a film that is gone', '/products/prd_01jdq5w8m3k7x2r9v4t6y0z1ab', /not on the shelf/],
      ['no page', '/nowhere', /There is nothing here/],
      ['a search without results', '/products?q=zzzzqqqq', /Nothing matches/],
      ['an empty cart', '/cart', /Your cart is empty/],
    ])('of %s is kind, and keeps nobody out', async (_, path, heading) => {
      const { page } = await visit(at.browser(), `${at.shop()}${path}`, desk);
      await page.getByRole('heading', { name: heading }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.close();
    });

    it.each([
      ['is away', 503, /takes longer than usual/],
      ['asks to wait', 429, /Many people are here/],
    ])('of a shop that %s says so, and goes on by itself', async (_, status, notice) => {
      const { page } = await visit(at.browser(), `${at.shop()}/cart`, desk);
      await page.route('**/api/v1/products?*', (route) =>
        route.fulfill({ status, headers: { 'retry-after': '1' }, json: { code: 'test', detail: 'Away.' } }),
      );
      await page.goto(`${at.shop()}/products`);
      await page.getByText(notice).waitFor();
      await page.unroute('**/api/v1/products?*');
      await page.locator('.grid .card-link').first().waitFor();
      await page.close();
    });

    it.each([['/'], ['/products'], ['/products?q=love&priceMax=1999&inStock=true']])(
      'at %s shows what was asked for before its script came, and asks for nothing twice',
      async (path) => {
        const page = await at.browser().newPage();
        const asked: string[] = [];
        page.on('request', (request) => {
          if (request.url().includes('/api/v1/')) asked.push(request.url());
        });
        await page.goto(`${at.shop()}${path}`, { waitUntil: 'networkidle' });
        await page.locator('.card-link').first().waitFor();
        expect(await page.evaluate('[...window.askedAhead.keys()]')).toEqual([]);
        expect(asked).toEqual([...new Set(asked)]);
        await page.close();
      },
    );

    it.each([
      ['/', 'en-US', 'A shelf for every evening'],
      ['/', 'de-DE', 'Ein Regal für jeden Abend'],
      ['/products', 'en-US', 'All films'],
      ['/products?q=love', 'de-DE', 'Treffer für „love“'],
      ['/products?category=Drama', 'en-US', 'Drama'],
    ])(
      'at %s for a reader of %s is drawn with its first pictures before its script came, and nothing of it moves then',
      async (path, locale, title) => {
        const { page, places, script } = await withoutScript(at, path, locale);
        await page.locator('.shell h1', { hasText: title }).waitFor();
        expect(await barriers(page)).toEqual([]);
        const before = await places();
        script.comes();
        await page.locator('main .card-title').first().waitFor();
        await gone(page.locator('.shell'));
        expect(await places()).toEqual(before);
        expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(title);
        await page.close();
      },
    );

    it.each(['/', '/products?q=love'])(
      'at %s is drawn once also where its script comes first, whenever the other comes',
      async (path) => {
        const context = await at.browser().newContext();
        const page = await context.newPage();
        // What a reader who comes again has: everything but the script that is asked for anew each time.
        await page.goto(at.shop() + path, { waitUntil: 'networkidle' });
        for (const lateMs of [0, 20, 40, 60, 90, 130, 200, 400]) {
          await page.route('**/ahead.js', async (route) => {
            await new Promise((late) => setTimeout(late, lateMs));
            await route.continue();
          });
          await page.goto(at.shop() + path, { waitUntil: 'networkidle' });
          await page.locator('main .card-title').first().waitFor();
          await gone(page.locator('.shell'));
          expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
          await page.unroute('**/ahead.js');
        }
        await context.close();
      },
    );

    it.each(['/', '/products?q=love'])(
      'at %s takes input once its answers are there, not at the end of its longest wait',
      async (path) => {
        const page = await at.browser().newPage();
        await page.addInitScript(`{
        const later = setTimeout;
        window.setTimeout = (work, ms, ...given) => (ms === ${longestShellMs} ? 0 : later(work, ms, ...given));
      }`);
        await page.goto(at.shop() + path);
        await page.locator('main .card-title').first().waitFor();
        await gone(page.locator('.shell'));
        await page.close();
      },
    );

    it('of a film shows its picture after four questions, of which none is its script', async () => {
      const { items } = (await (await fetch(`${at.shop()}/api/v1/products?q=love&limit=1`)).json()) as {
        items: { id: string; title: string }[];
      };
      const { page, places, script, asked } = await withoutScript(at, `/products/${items[0]?.id}`, 'en-US');
      const before = await places();
      expect(asked.filter((url) => /\/products\/|ahead/.test(new URL(url).pathname))).toHaveLength(4);
      script.comes();
      await page.getByRole('heading', { level: 1, name: items[0]?.title ?? '' }).waitFor();
      expect((await places())[0]).toBe(before[0]);
      await page.close();
    });

    it(`loads at most ${scriptBudget} bytes of script at first, compressed`, async () => {
      const bytes = await scriptOfFirstPage(at, at.shop(), (page) => page.locator('.card-link').first().waitFor());
      console.log(`script of the first page: ${bytes} bytes of ${scriptBudget}, compressed`);
      expect(bytes).toBeGreaterThan(10_000);
      expect(bytes).toBeLessThanOrEqual(scriptBudget);
    });
  });
};
