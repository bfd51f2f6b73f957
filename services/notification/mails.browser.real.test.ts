/** Every mail as its readers see it: on a phone and at a desk, by day and by night. The pictures of README.md are taken here. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { anOrder } from '../contracts/testing/order-events.ts';
import { openBrowser } from '../kit/testing/browser.ts';
import { renderAccountMail } from './templates/render-account-mail.ts';
import { renderMail } from './templates/render-mail.ts';
import { renderReminder } from './templates/render-reminder.ts';
import { aMessage } from './testing/sample-message.ts';

/** Pixels between two mails. */
const gap = 16;

const at = 'https://shop.example';
const shop = {
  name: 'CloudMart',
  orderPage: `${at}/orders/{id}`,
  verifyPage: `${at}/verify#{token}`,
  resetPage: `${at}/reset#{token}`,
  cartPage: `${at}/cart`,
  unsubscribePage: `${at}/unsubscribe#{token}`,
  unsubscribeDoor: `${at}/api/v1/mails/unsubscribe?token={token}`,
};
const order = anOrder(1, { shipment: { carrier: 'UPS', trackingNumber: '1Z999' } });
const shown = { ...order, items: order.items.map((item) => ({ ...item, title: 'A film about the sea' })) };
const head = { notificationId: 'any', to: 'any@shop.example', about: 'any', counted: null, isDispensable: false };
const mails = [
  ...(
    [
      'order.paid.v1',
      'order.shipped.v1',
      'order.delivered.v1',
      'order.payment-failed.v1',
      'order.cancelled.v1',
      'order.refunded.v1',
    ] as const
  ).map((type) => renderMail(aMessage(type, shown), shop)),
  ...(
    [
      ['verify-address', 'any'],
      ['reset-password', 'any'],
      ['password-changed', null],
      ['account-deleted', null],
    ] as const
  ).map(([kind, token]) => renderAccountMail({ ...head, kind, token }, shop)),
  renderReminder({ ...head, kind: 'cart-waiting', token: 'any' }, shop),
].map((mail) => mail?.html ?? '');

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

test.each([
  [390, 4, 'light'],
  [390, 4, 'dark'],
  [640, 3, 'light'],
  [640, 3, 'dark'],
] as const)(
  'no mail is wider than a window of %i pixels, side by side in %i columns by %s',
  async (width, columns, colorScheme) => {
    const viewport = { width: columns * (width + gap) + gap, height: 800 };
    const page = await browser.newPage({ viewport, colorScheme, deviceScaleFactor: 0.6 });
    const frame = `<iframe style="border:0;width:${width}px;display:block;margin-bottom:${gap}px;break-inside:avoid"></iframe>`;
    await page.setContent(
      `<body style="margin:0;background:#777"><div style="columns:${columns};column-gap:${gap}px;padding:${gap}px">${frame.repeat(mails.length)}</div>`,
    );
    const wide: unknown[] = [];
    for (const [index, html] of mails.entries()) {
      const content = await (await page.locator('iframe').nth(index).elementHandle())?.contentFrame();
      if (!content) throw new Error(`the mail ${index + 1} has no frame`);
      await content.setContent(html);
      expect(await content.locator('body').innerText()).toContain('CloudMart');
      if (Number(await content.evaluate('document.documentElement.scrollWidth')) > width) wide.push(index + 1);
      const height = Number(await content.evaluate('document.documentElement.scrollHeight'));
      await page.addStyleTag({ content: `iframe:nth-of-type(${index + 1}){height:${height}px}` });
    }
    const folder = process.env['REAL_SCREENSHOTS'] ?? '';
    await mkdir(folder, { recursive: true });
    const path = join(folder, `mails-${width}-${colorScheme}.jpg`);
    await page.screenshot({ path, type: 'jpeg', quality: 45, fullPage: true });
    await page.close();
    expect(wide).toEqual([]);
  },
);
