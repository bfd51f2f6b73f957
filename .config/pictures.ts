// `npm run pictures [-- --data FOLDER]`: pictures of both faces for people who read, taken from the shop that runs on this machine.
import { mkdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Page } from 'playwright-core';
import { root } from '../lib/checkout.ts';
import { openBrowser } from '../services/kit/testing/browser.ts';
import { runCommand } from './run-command.ts';
import { findRunningShop, readOptions } from './running-shop.ts';

const { data } = readOptions('usage: npm run pictures [-- --data FOLDER]', {});
const { staff, siteAt } = await findRunningShop(data);

const place = join(root, 'docs/pictures');
/** Bytes of a picture at most: whoever reads the README loads them all. */
const largest = 150_000;

const { code, output } = await runCommand('which', ['chromium']);
if (code !== 0) throw new Error('this machine has no chromium; install it (Debian: apt-get install chromium)');
process.env['REAL_CHROMIUM'] ??= output.trim();
await mkdir(place, { recursive: true });
const browser = await openBrowser();

const open = (colorScheme: 'light' | 'dark') =>
  browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
const take = async (page: Page, url: string, isShown: string, name: string) => {
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.locator(isShown).first().waitFor();
  const path = join(place, `${name}.jpg`);
  await page.screenshot({ path, type: 'jpeg', quality: 80 });
  const { size } = await stat(path);
  if (size > largest)
    throw new Error(`${relative(root, path)} has ${size} bytes, more than ${largest}; lower its quality`);
  console.log(`${relative(root, path)} written`);
};

try {
  const shop = await open('light');
  await take(shop, siteAt('storefront'), '.card-link', 'storefront');
  const desk = await open('dark');
  await desk.goto(`${siteAt('console')}/orders`);
  await desk.getByLabel('E-mail').fill(staff.email);
  await desk.getByLabel('Password').fill(staff.password);
  await desk.getByRole('button', { name: 'Sign in' }).click();
  await desk.getByRole('table').waitFor();
  await take(desk, `${siteAt('console')}/map`, '.map', 'console');
  await take(desk, `${siteAt('console')}/analytics?hours=1`, '.chart canvas', 'analytics');
} finally {
  await browser.close();
}
