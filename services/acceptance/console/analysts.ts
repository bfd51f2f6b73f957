/** What those see who ask how the shop does: the figures of each minute as they come, and the answers of the warehouse. */
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { createShopClient } from '../../contracts/http/client.ts';
import { openEventLog } from '../../kit/events/open-event-log.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { faces } from '../../kit/testing/browser.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { barriers, faultsIn, type Storefront } from '../storefront/visitor.ts';
import { buy, visitAsStaff } from './colleague.ts';

/** A clock may run ahead of the log's by a minute; what happens later than that is not believed. */
const lateMs = 59_000;

/** An event of an order that everybody ignores, and that happens as late as is believed: it closes the minutes before it. */
const letTimePass = async (at: Storefront, orderId: string) => {
  const log = await openEventLog({ url: at.platform().events, logger: createLogger('test', 'silent') });
  try {
    const event = {
      ...{ specversion: '1.0', id: systemIds.next('evt'), source: 'test', subject: orderId, sequence: 99 },
      ...{ type: 'order.looked-at.v1', time: new Date(Date.now() + lateMs).toISOString(), data: {} },
    };
    await log.append('order-events', [{ key: orderId, value: JSON.stringify(event) }]);
  } finally {
    await log.close();
  }
};

/** Waits until a minute in which something was bought has closed. */
const untilMinuteClosed = async (at: Storefront, orderId: string) => {
  const shop = createShopClient({ baseUrl: at.platform().gateway });
  const { accessToken: token } = await shop.accounts.logIn({ body: at.platform().staff });
  await eventually(
    async () => {
      const { minutes } = await shop.operations.minuteFigures({}, { token });
      if (minutes.length > 0) return;
      await letTimePass(at, orderId);
      throw new Error('no minute has closed yet');
    },
    { everyMs: 1_000 },
  );
};

/** Whether anything is drawn on the canvas of a chart. */
const isDrawn = (page: Page, label: RegExp) =>
  page
    .getByRole('img', { name: label })
    .locator('canvas')
    .evaluate((canvas) => {
      const { width, height } = canvas as unknown as { width: number; height: number };
      type Context = { getImageData(x: number, y: number, w: number, h: number): { data: Uint8Array } };
      const context = (canvas as unknown as { getContext(kind: '2d'): Context }).getContext('2d');
      return context.getImageData(0, 0, width, height).data.some((value) => value > 0);
    });

/** What those see who ask how the shop does. */
export const analysts = (at: Storefront): void => {
  describe('an analyst', () => {
    it('sees each minute as it comes, and days, steps and cohorts, drawn and as tables', async () => {
      await untilMinuteClosed(at, await buy(at));
      const { page, complaints, picture } = await visitAsStaff(at, '/orders');
      await page.clock.install();
      await page.getByRole('link', { name: 'Analytics' }).click();
      for (const label of [
        /^Orders of each minute: [1-9]/,
        /^Revenue of each minute: \$/,
        /^Revenue by day, at the end \$/,
      ])
        expect([label, await isDrawn(page, label)]).toEqual([label, true]);
      await page.getByRole('table', { name: 'Customers who bought again' }).getByRole('row').nth(1).waitFor();
      await picture('console-analytics-minutes');
      await page.getByText('As a table: orders, revenue').click();
      await page.getByRole('table', { name: 'Minutes' }).getByRole('row').nth(1).waitFor();
      await page.getByText('As a table: How far orders came').click();
      await page.getByRole('row', { name: /^2 stock-reserved [1-9]/ }).waitFor();
      expect(await barriers(page)).toEqual([]);
      const again = page.waitForResponse(/analytics\/minutes/);
      await page.clock.fastForward('01:01');
      expect((await again).status()).toBe(200);
      await page.getByLabel('Minutes of the last').selectOption('2 days');
      await page.waitForURL(/hours=48/);
      await page.getByRole('img', { name: /^Customers of each minute/ }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('reads on a phone by night that the warehouse is away where its answers would be, and the minutes all the same', async () => {
      const { page, overflow, picture } = await visitAsStaff(at, '/orders', faces[3]);
      await page.route('**/analytics/views/funnel', (route) =>
        route.fulfill({ status: 403, json: { code: 'test', detail: 'Away.' } }),
      );
      await page.getByRole('link', { name: 'Analytics' }).click();
      await page.getByRole('heading', { name: 'The shop does not answer' }).waitFor();
      await page.getByRole('img', { name: /^Average order of each minute/ }).waitFor();
      await page.unroute('**/analytics/views/funnel');
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByRole('img', { name: /^How far orders came/ }).waitFor();
      expect([await barriers(page), await overflow()]).toEqual([[], 0]);
      await picture('console-analytics-minutes');
      await page.close();
    });
  });
};
