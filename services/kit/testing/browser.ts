/** Pages as a person sees them: a real Chromium, and everything that it complains about. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { eventually } from './condition.ts';

const given = (variable: string): string => {
  const value = process.env[variable];
  if (!value) throw new Error(`${variable} is not set; run this with "npm run test:real chromium"`);
  return value;
};

/** Starts the browser; close it after the test. Without its sandbox, which root may not have. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: given('REAL_CHROMIUM'), args: ['--no-sandbox'] });

/** A desk and a phone, by day and by night: what each page is looked at with. */
export const faces = [
  { width: 1280, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
  { width: 390, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
] as const;
export type Face = (typeof faces)[number];

export type Visit = {
  readonly page: Page;
  /** What the browser complained about since the page was opened: errors, refused content, requests that failed. */
  readonly complaints: readonly string[];
  /** Keeps a picture of what is in the window, in the folder REAL_SCREENSHOTS, for whoever wants to look. */
  picture(name: string): Promise<void>;
  /** Pixels by which the page is wider than the window. */
  overflow(): Promise<number>;
};

/** Opens an address in a window of its own, and waits until nothing is loaded any more and the page takes input. */
export const visit = async (browser: Browser, url: string, { width, colorScheme }: Face): Promise<Visit> => {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  // What was drawn ahead (services/storefront/public/ahead.js) looks like the page, and takes no input yet.
  await page.locator('.shell').waitFor({ state: 'detached' });
  const folder = given('REAL_SCREENSHOTS');
  return {
    page,
    complaints,
    picture: async (name) => {
      await mkdir(folder, { recursive: true });
      await page.screenshot({ path: path.join(folder, `${name}-${width}-${colorScheme}.png`) });
    },
    overflow: () => page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
  };
};

// A page is drawn some time after what was done on it, and its fields are filled some time after what says why. So a story
// waits for what it expects, instead of looking once. Programs that open a browser read this file too, and know no expect.

/** Waits until this field holds this text. */
export const holds = (field: Locator, text: string): Promise<void> =>
  eventually(async () => {
    const held = await field.inputValue();
    if (held !== text) throw new Error(`the field holds "${held}" and not "${text}"`);
  });

/** Waits until nothing of this is on the page. */
export const gone = (what: Locator): Promise<void> =>
  eventually(async () => {
    const left = await what.count();
    if (left > 0) throw new Error(`${left} of ${what} are still on the page`);
  });
