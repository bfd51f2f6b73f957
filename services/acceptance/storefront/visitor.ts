/** A visitor of the storefront: what stories do on its pages, and what they look at. */
import { randomUUID } from 'node:crypto';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { createShopClient, type ShopClient } from '../../contracts/http/client.ts';
import { faces } from '../../kit/testing/browser.ts';
import { type EventuallyOptions, eventually } from '../../kit/testing/condition.ts';
import type { RunningPlatform } from '../../kit/testing/running-platform.ts';

/** One started shop and one browser, for all stories; each opens windows of its own. */
export type Storefront = {
  browser(): Browser;
  platform(): RunningPlatform;
  /** Base URL of the storefront. */
  shop(): string;
  /** Base URL of the console. */
  console(): string;
};

/** What keeps people out of a page, one line for each rule that it breaks. */
export const barriers = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe.source);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))",
  );
};

/** What the browser complained about, without what a page gave up itself because it was left: requests on their way, streams of events. */
export const faultsIn = (complaints: readonly string[]) =>
  complaints.filter((complaint) => !complaint.endsWith(' net::ERR_ABORTED'));

export const desk = faces[0];
/** A phone by night. */
export const phone = faces[3];

/** The shop as its staff asks it, for what happens behind a customer's back. */
export const staffClient = async (at: Storefront): Promise<ShopClient> => {
  const { gateway: baseUrl, staff } = at.platform();
  const { accessToken: token } = await createShopClient({ baseUrl }).accounts.logIn({ body: staff });
  return createShopClient({ baseUrl, token });
};

/** The heading of an order that was paid. */
export const paid = (page: Page) => page.getByRole('heading', { level: 1, name: /^Paid/ });

/** Puts the first film that is found into the cart. */
export const fillCart = async (at: Storefront, page: Page, query = 'love') => {
  await page.goto(`${at.shop()}/products?q=${query}`);
  await page.locator('.grid .card-link').first().click();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText('is in your cart').waitFor();
};

export const address = { name: 'Ada Lovelace', street: '12 St James Square', zip: '12345', city: 'Springfield' };

/** Fills in where to send it when checking out. */
export const fillAddress = async (page: Page, { name, street, zip, city } = address) => {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Street and number').fill(street);
  await page.getByLabel('Postal code').fill(zip);
  await page.getByLabel('City').fill(city);
  await page.getByLabel('Country').selectOption('US');
};

/** Fills in what a guest is asked when checking out. */
export const fillForm = async (page: Page, given = address) => {
  await page.getByLabel('E-mail').fill('ada@example.com');
  await fillAddress(page, given);
};

/** The button that pays. */
export const pay = (page: Page) => page.getByRole('button', { name: /^Pay / });

/** The password of every account that {@link signUp} makes. */
export const password = 'a rather long password';

/** Makes an account by the page of it, and stays signed in; resolves to its e-mail address, which no other has. */
export const signUp = async (at: Storefront, page: Page, name: string): Promise<string> => {
  const email = `${randomUUID()}@example.com`;
  await page.goto(`${at.shop()}/sign-up`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Make an account' }).click();
  await page.getByRole('heading', { name: `Hello, ${name}` }).waitFor();
  return email;
};

/** The newest link to a page, such as `/reset#`, that was mailed to an address, once it was; by default within two minutes. */
export const linkMailedTo = async (
  at: Storefront,
  email: string,
  page: string,
  options: EventuallyOptions = {},
): Promise<string> => {
  const link = new RegExp(`${RegExp.escape(at.shop())}${RegExp.escape(page)}\\S+`);
  const read = async <Answer>(path: string) => (await (await fetch(at.platform().mailbox + path)).json()) as Answer;
  return eventually(async () => {
    const { items } = await read<{ items: { id: string }[] }>(`/mails?to=${encodeURIComponent(email)}`);
    const texts = await Promise.all(items.map(async ({ id }) => (await read<{ text: string }>(`/mails/${id}`)).text));
    const found = texts.flatMap((text) => link.exec(text) ?? [])[0];
    if (found === undefined) throw new Error(`no mail to ${email} has a link to ${page}`);
    return found;
  }, options);
};
