/** The mailbox of the local platform in Chromium, at the width of a desk and of a phone, by day and by night. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { faces, openBrowser, visit } from '../../services/kit/testing/browser.ts';
import { type Mailbox, startMailbox } from './mailbox.ts';

let browser: Browser;
let folder: string;
let mailbox: Mailbox;
const long = 'a-customer-with-an-address-that-no-phone-has-room-for@a-long-name-of-a-company.example.com';
const subject = 'Your order for many films has been shipped';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mailbox-'));
  const mail = { from: 'shop@cloudmart.example', subject, text: `Dear customer,\n\n${'long'.repeat(60)}` };
  for (const [id, to] of [
    ['a', long],
    ['b', 'customer@example.com'],
  ])
    await writeFile(
      path.join(folder, `${id}.json`),
      JSON.stringify({ ...mail, to, html: `<p>${mail.text}</p>`, sentAt: '2026-01-02T10:00:00.000Z' }),
    );
  mailbox = await startMailbox(folder, 0);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await mailbox?.close();
  await rm(folder, { recursive: true });
});

/** Red, green and blue together, 0 to 765. */
const brightnessOf = (color: string) => (color.match(/\d+/g) ?? []).slice(0, 3).reduce((sum, part) => sum + +part, 0);

describe.each(faces)('the mailbox at $width px by $colorScheme', (face) => {
  it.each([
    ['mailbox', '/'],
    ['mailbox-mail', '/mails/a/view'],
  ])('fits its window and its time of day: %s', async (name, place) => {
    const { page, complaints, overflow, picture } = await visit(browser, mailbox.url + place, face);
    await page.getByText(subject).first().waitFor();
    await picture(name);
    expect(complaints).toEqual([]);
    expect(await overflow()).toBe(0);
    const colours: string[] = await page.evaluate(
      '[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]',
    );
    const [back = 0, text = 0] = colours.map(brightnessOf);
    expect(back < text).toBe(face.colorScheme === 'dark');
    expect(Math.abs(back - text)).toBeGreaterThan(450);
    await page.close();
  });
});
