/** A colleague at the console: how people come in, and what they do to have something to look at. */
import type { Page } from 'playwright-core';
import { type Face, type Visit, visit } from '../../kit/testing/browser.ts';
import { desk, fillCart, fillForm, paid, pay, type Storefront } from '../storefront/visitor.ts';

/** Signs in on whatever page asks for it. */
export const signIn = async (
  page: Page,
  { email, password }: { readonly email: string; readonly password: string },
) => {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
};

/** A page of the console, opened by an administrator. */
export const visitAsStaff = async (at: Storefront, path: string, face: Face = desk): Promise<Visit> => {
  const visited = await visit(at.browser(), `${at.console()}${path}`, face);
  await signIn(visited.page, at.platform().staff);
  await visited.page.getByRole('navigation', { name: 'Console' }).waitFor();
  return visited;
};

/** Buys something at the storefront as a guest; resolves to the number of the paid order. */
export const buy = async (at: Storefront): Promise<string> => {
  const { page } = await visit(at.browser(), at.shop(), desk);
  await fillCart(at, page);
  await page.goto(`${at.shop()}/checkout`);
  await fillForm(page);
  await pay(page).click();
  await paid(page).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  await page.close();
  return id;
};

/** The open question, by its name. */
export const question = (page: Page, name: string) => page.getByRole('dialog', { name, exact: true });
