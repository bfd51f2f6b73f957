/** The shop as its customers meet it where Stripe takes the cards: real pages on the running platform, and Stripe's protocol. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { manifest as staffConsole } from '../console/manifest.ts';
import { openBrowser } from '../kit/testing/browser.ts';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { type StripePeer, startStripePeer } from '../payment/testing/stripe-peer.ts';
import { manifest as storefront } from '../storefront/manifest.ts';
import { stripePayments } from './storefront/stripe-payments.ts';

const keyOf = (...parts: string[]) => [...parts, 'peerPeerPeerPeer'].join('_');

let browser: Browser;
let platform: RunningPlatform;
let peer: StripePeer;
beforeAll(async () => {
  peer = await startStripePeer();
  platform = await startPlatform({
    PAYMENT_PROVIDER: 'stripe',
    STRIPE_API_URL: peer.url,
    STRIPE_PUBLISHABLE_KEY: keyOf('pk', 'test'),
    STRIPE_SECRET_KEY: keyOf('sk', 'test'),
    STRIPE_WEBHOOK_SECRET: keyOf('whsec'),
  });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
  await peer?.stop();
});

const at = {
  browser: () => browser,
  platform: () => platform,
  peer: () => peer,
  shop: () => platform.urls[storefront.name] ?? '',
  console: () => platform.urls[staffConsole.name] ?? '',
};

/** Keeps a picture of the whole page, in the folder REAL_SCREENSHOTS, for whoever wants to look. */
const picture = async (page: Page, name: string) => {
  const folder = process.env['REAL_SCREENSHOTS'] ?? '';
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
};

stripePayments(at, picture);
