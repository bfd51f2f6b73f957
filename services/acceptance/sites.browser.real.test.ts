/** The shop as customers and staff meet it: real pages on the running platform, by mouse and by keyboard, as seen and as heard. */
import { afterAll, beforeAll } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { manifest as staffConsole } from '../console/manifest.ts';
import { openBrowser } from '../kit/testing/browser.ts';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { manifest as storefront } from '../storefront/manifest.ts';
import { analysts } from './console/analysts.ts';
import { colleagues } from './console/colleagues.ts';
import { keepers } from './console/keepers.ts';
import { looks } from './console/looks.ts';
import { operators } from './console/operators.ts';
import { responders } from './console/responders.ts';
import { accounts } from './storefront/accounts.ts';
import { chat } from './storefront/chat.ts';
import { customers } from './storefront/customers.ts';
import { journeys } from './storefront/journeys.ts';
import { mishaps } from './storefront/mishaps.ts';
import { pages } from './storefront/pages.ts';
import { purchases } from './storefront/purchases.ts';
import { searches } from './storefront/searches.ts';
import { waitingCarts } from './storefront/waiting-carts.ts';

let browser: Browser;
let platform: RunningPlatform;
beforeAll(async () => {
  platform = await startPlatform();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await platform?.stop();
});

const at = {
  browser: () => browser,
  platform: () => platform,
  shop: () => platform.urls[storefront.name] ?? '',
  console: () => platform.urls[staffConsole.name] ?? '',
};

journeys(at);
purchases(at);
customers(at);
accounts(at);
chat(at);
mishaps(at);
searches(at);
waitingCarts(at);
pages(at);
looks(at);
colleagues(at);
operators(at);
analysts(at);
responders(at);
keepers(at);
