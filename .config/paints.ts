// `npm run paints [-- --data FOLDER] [--runs N]`: how long the shop that runs on this machine takes to show its pages to a phone on a slow network.
import type { Browser } from 'playwright-core';
import { openBrowser } from '../services/kit/testing/browser.ts';
import { runCommand } from './run-command.ts';
import { findRunningShop, readOptions } from './running-shop.ts';

const { data, runs } = readOptions('usage: npm run paints [-- --data FOLDER] [--runs N]', { runs: '5' });
const { gateway, siteAt } = await findRunningShop(data);
const shop = siteAt('storefront');

/** The phone and the network that Lighthouse takes for slow 4G: 150 ms there and back, 1.6 Mbit/s, a processor of a quarter. */
const network = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const slowdown = 4;

// In the page, before anything of it runs.
const watchPaints = `
  window.paints = { largest: 0, what: '', shift: 0, input: 0 };
  new PerformanceObserver((list) => {
    for (const { startTime, element, url } of list.getEntries())
      Object.assign(window.paints, { largest: startTime, what: url ? 'picture' : (element?.tagName ?? '').toLowerCase() });
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.paints.shift += value;
  }).observe({ type: 'layout-shift', buffered: true });
  new MutationObserver(() => {
    if (document.querySelector('#site[data-taken] > :not(.shell)')) window.paints.input ||= performance.now();
  }).observe(document, { childList: true, subtree: true });
`;

type Paints = {
  readonly first: number;
  readonly largest: number;
  readonly what: string;
  readonly shift: number;
  /** Milliseconds until the page takes input: what was drawn ahead of it is gone. */
  readonly input: number;
};

/** One visit with an empty cache. */
const visitOnce = async (browser: Browser, url: string): Promise<Paints> => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 });
  try {
    const page = await context.newPage();
    const protocol = await context.newCDPSession(page);
    await protocol.send('Network.enable');
    await protocol.send('Network.emulateNetworkConditions', network);
    await protocol.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    await page.addInitScript(watchPaints);
    await page.goto(url);
    await page.locator('main img').first().waitFor();
    // Not by a function, which the site's security policy would not let Playwright make.
    await page.locator('#site[data-taken] > :not(.shell)').first().waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');
    return await page.evaluate<Paints>(
      "({ ...window.paints, first: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0 })",
    );
  } finally {
    await context.close();
  }
};

const { code, output } = await runCommand('which', ['chromium']);
if (code !== 0) throw new Error('this machine has no chromium; install it (Debian: apt-get install chromium)');
process.env['REAL_CHROMIUM'] ??= output.trim();
const found = (await (await fetch(`${gateway}/api/v1/products?q=love&limit=1`)).json()) as {
  readonly items: readonly { readonly id: string }[];
};
const pages = { 'first page': '/', search: '/products?q=love', product: `/products/${found.items[0]?.id}` };
const browser = await openBrowser();
const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`.padStart(8);
try {
  console.log('page        first paint  largest paint  takes input  shift   median of', runs);
  for (const [name, path] of Object.entries(pages)) {
    const visits: Paints[] = [];
    for (let run = 0; run < Number(runs); run += 1) visits.push(await visitOnce(browser, shop + path));
    const median = visits.toSorted((one, other) => one.largest - other.largest)[Math.floor(visits.length / 2)];
    if (median)
      console.log(
        `${name.padEnd(10)} ${seconds(median.first).padStart(12)}  ${seconds(median.largest).padStart(13)}  ${seconds(median.input).padStart(11)}  ${median.shift.toFixed(2).padStart(5)}   (${median.what})`,
      );
  }
} finally {
  await browser.close();
}
