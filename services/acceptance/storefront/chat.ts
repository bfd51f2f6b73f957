/** Questions to the assistant, on its page. */
import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { gone, holds, visit } from '../../kit/testing/browser.ts';
import { barriers, desk, faultsIn, type Storefront } from './visitor.ts';

const answers = (page: Page) => page.locator('.said:not(.own)[aria-busy="false"]');
const ask = async (page: Page, question: string) => {
  await page.getByLabel('Your question').fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
};

/** Questions to the assistant, on its page. */
export const chat = (at: Storefront): void => {
  describe('the assistant', () => {
    it('answers with links to what it speaks of, keeps what was said after a reload, and shows markup as text', async () => {
      const { page, complaints } = await visit(at.browser(), at.shop(), desk);
      await page.getByRole('link', { name: 'Ask us anything' }).click();
      await page.getByRole('heading', { name: 'Ask us' }).waitFor();
      await page.getByRole('button', { name: 'Which films do you have about love?' }).click();
      await answers(page).locator('.said-sources a').first().waitFor();
      expect(await barriers(page)).toEqual([]);
      await ask(page, '<img src=x onerror=alert(1)> How do I return something?');
      await page.locator('.conversation > li:nth-child(3) .said[aria-busy="false"]').waitFor();
      await gone(page.locator('.conversation img'));
      await holds(page.getByLabel('Your question'), '');
      await page.reload();
      await page.getByText('<img src=x onerror=alert(1)> How do I return something?').waitFor();
      await answers(page).nth(1).waitFor();
      expect(await answers(page).count()).toBe(2);
      await answers(page).locator('a[href^="/products/"]').first().click();
      await page.getByRole('button', { name: 'Add to cart' }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('that is away says so, and the question stands there to be asked again', async () => {
      const { page } = await visit(at.browser(), `${at.shop()}/chat`, desk);
      await page.route('**/api/ai/message/stream', (route) =>
        route.fulfill({
          status: 503,
          headers: { 'content-type': 'application/problem+json', 'retry-after': '1' },
          json: { code: 'assistant.provider-unavailable', detail: 'Away.' },
        }),
      );
      await page.getByRole('heading', { name: 'Ask us' }).waitFor();
      await ask(page, 'How do I return something?');
      await page.getByText('Nobody answers here right now').waitFor();
      await holds(page.getByLabel('Your question'), 'How do I return something?');
      await page.unroute('**/api/ai/message/stream');
      await page.getByRole('button', { name: 'Send' }).click();
      await answers(page).first().waitFor();
      await page.close();
    });

    it('that is asked too fast names the wait, and a conversation that is full says so and offers a new one', async () => {
      const { page, picture } = await visit(at.browser(), `${at.shop()}/chat`, desk);
      const refuse = (status: number, code: string) =>
        page.route('**/api/ai/message/stream', (route) =>
          route.fulfill({
            status,
            headers: { 'content-type': 'application/problem+json', 'retry-after': '42' },
            json: { code, detail: 'No.' },
          }),
        );
      await page.getByRole('heading', { name: 'Ask us' }).waitFor();
      await ask(page, 'Where is my order?');
      await answers(page).first().waitFor();
      await refuse(429, 'request.too-many');
      await ask(page, 'How do I return something?');
      await page.getByText('Try again in 42 seconds.').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.unroute('**/api/ai/message/stream');
      await refuse(409, 'conversation.full');
      await page.getByRole('button', { name: 'Send' }).click();
      await page.getByText('This conversation is as long as one can be.').waitFor();
      expect(await barriers(page)).toEqual([]);
      await picture('shop-chat-full');
      await page.unroute('**/api/ai/message/stream');
      const began = page.waitForRequest('**/api/ai/start');
      await page.getByRole('button', { name: 'Begin a new conversation' }).click();
      await gone(answers(page));
      await holds(page.getByLabel('Your question'), 'How do I return something?');
      await page.getByRole('button', { name: 'Send' }).click();
      await answers(page).first().waitFor();
      await began;
      await page.close();
    });

    it('whose answer breaks off has not answered: nothing of it stays, and the question can be asked again', async () => {
      const { page } = await visit(at.browser(), `${at.shop()}/chat`, desk);
      await page.route('**/api/ai/message/stream', (route) =>
        route.fulfill({
          headers: { 'content-type': 'text/event-stream' },
          body: 'id: 1\nevent: answer\ndata: {"text":"You may send","whole":null}\n\n',
        }),
      );
      await page.getByRole('heading', { name: 'Ask us' }).waitFor();
      await ask(page, 'How do I return something?');
      await page.getByRole('alert').waitFor();
      await gone(page.getByText('You may send'));
      await holds(page.getByLabel('Your question'), 'How do I return something?');
      await page.close();
    });

    it('lets the next question be written while it answers', async () => {
      const { page } = await visit(at.browser(), `${at.shop()}/chat`, desk);
      const { promise: written, resolve } = Promise.withResolvers<void>();
      await page.route('**/api/ai/message/stream', async (route) => {
        await written;
        await route.continue();
      });
      await page.getByRole('heading', { name: 'Ask us' }).waitFor();
      await ask(page, 'How do I return something?');
      await page.locator('.said[aria-busy="true"]').waitFor();
      await page.getByLabel('Your question').fill('And what does it cost?');
      resolve();
      await page.locator('.conversation > li:nth-child(2) .said[aria-busy="false"]').waitFor();
      await holds(page.getByLabel('Your question'), 'And what does it cost?');
      await page.close();
    });
  });
};
