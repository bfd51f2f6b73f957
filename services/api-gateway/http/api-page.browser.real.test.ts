/** The API page of the shop in Chromium, at the width of a desk and of a phone. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { placeOrderBody } from '../../contracts/http/order-api.ts';
import { faces, openBrowser, visit } from '../../kit/testing/browser.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let browser: Browser;
let gateway: RunningGateway;
let origin = '';
beforeAll(async () => {
  gateway = await startGateway();
  origin = await gateway.http.listen({ host: '127.0.0.1', port: 0 });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const groups = ['Operations', 'Discovery', 'Payments', 'Accounts', 'Orders', 'Cart', 'Products'];
const operation = 'Products that match, page by page';

describe.each(faces)('the API page at $width px by $colorScheme', (face) => {
  it("shows a buyer's doors first, and nothing that the page's vendor sells", async () => {
    const { page, complaints, overflow, picture } = await visit(browser, `${origin}/docs`, face);
    await page.getByRole('heading', { name: operation }).waitFor();
    const text = await page.locator('body').innerText();
    expect(text).not.toMatch(/\b(Ask AI|MCP|Deploy|Share|Agent|Developer Tools)\b/i);
    const headings = (await page.getByRole('heading').allInnerTexts()).map((heading) => heading.trim());
    expect(headings.find((heading) => groups.includes(heading))).toBe('Products');
    expect(complaints).toEqual([]);
    expect(await overflow()).toBe(0);
    await picture('api-page');
    await page.close();
  });

  it('shows requests that can be pasted into a shell, with an example of what is sent', async () => {
    const visited = await visit(browser, `${origin}/docs#tag/orders/POST/api/v1/orders`, face);
    const sample = visited.page.locator('pre, code').filter({ hasText: `curl ${origin}/api/v1/orders` });
    await sample.first().waitFor();
    const text = await sample.first().innerText();
    const [, body = ''] = /--data '(.*)'/s.exec(text) ?? [];
    expect(JSON.parse(body)).toEqual(placeOrderBody.meta()?.['example']);
    expect(visited.complaints).toEqual([]);
    expect(await visited.overflow()).toBe(0);
    await visited.picture('api-page-order');
    await visited.page.close();
  });
});

it.each(['/', '/docs/', '/docs?from=readme', '/docs/?from=readme'])(
  'the API page opens at %s as well',
  async (path) => {
    const { page, complaints } = await visit(browser, origin + path, faces[0]);
    await page.getByRole('heading', { name: operation }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  },
);

it('the API page sends a request to the shop and shows what it answers', async () => {
  const { page, complaints, picture } = await visit(
    browser,
    `${origin}/docs#tag/products/GET/api/v1/categories`,
    faces[0],
  );
  await page.getByRole('button', { name: /Test Request.*categories/i }).click();
  await page.getByRole('button', { name: /^Send get request/i }).click();
  await page.getByText('200 OK').first().waitFor();
  expect(complaints).toEqual([]);
  await picture('api-page-answer');
  await page.close();
});
