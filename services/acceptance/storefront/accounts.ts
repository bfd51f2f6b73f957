/** What customers do with their account: proving an address, a forgotten password, addresses, leaving. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { gone, visit } from '../../kit/testing/browser.ts';
import {
  address,
  barriers,
  desk,
  faultsIn,
  fillCart,
  linkMailedTo,
  paid,
  pay,
  type Storefront,
  signUp,
} from './visitor.ts';

/** What customers do with their account. */
export const accounts = (at: Storefront): void => {
  describe('an account', () => {
    it('whose password was forgotten gets another by a mailed link, once', async () => {
      const { page, complaints } = await visit(at.browser(), at.shop(), desk);
      const email = await signUp(at, page, 'Hedy Lamarr');
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await page.getByRole('link', { name: 'Forgot your password?' }).click();
      await page.getByRole('heading', { name: 'Forgot your password?' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByLabel('E-mail').fill(email);
      await page.getByRole('button', { name: 'Mail me a link' }).click();
      await page.getByRole('heading', { name: 'Have a look at your mail' }).waitFor();
      const link = await linkMailedTo(at, email, '/reset#');
      await page.goto(link);
      await page.getByRole('heading', { name: 'New password' }).waitFor();
      // Nobody who looks at the window or the history later finds the token.
      await page.waitForURL(`${at.shop()}/reset`);
      expect(await barriers(page)).toEqual([]);
      await page.getByLabel('New password').fill('another long password');
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.getByRole('heading', { name: 'Your new password is set' }).waitFor();
      await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('E-mail').fill(email);
      await page.getByLabel('Password').fill('another long password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Hello, Hedy Lamarr' }).waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.goto(link);
      await page.reload();
      await page.goto(link);
      await page.getByLabel('New password').fill('a third long password');
      await page.getByRole('button', { name: 'Set the password' }).click();
      await page.getByText('This link or code has been used').waitFor();
      await page.close();
    });

    it('proves its address by the link that was mailed, and asks for another where that one is lost', async () => {
      const { page, complaints } = await visit(at.browser(), at.shop(), desk);
      const email = await signUp(at, page, 'Mary Shelley');
      await page.getByText('it shows that this address is yours').waitFor();
      await page.getByRole('button', { name: 'Mail me a new link' }).click();
      await page.getByText('A new link is on its way').waitFor();
      await page.goto(await linkMailedTo(at, email, '/verify#'));
      await page.getByRole('heading', { name: 'This address is yours' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByRole('link', { name: 'Your account' }).last().click();
      await page.getByRole('heading', { name: 'Hello, Mary Shelley' }).waitFor();
      await gone(page.getByText('it shows that this address is yours'));
      expect(faultsIn(complaints)).toEqual([]);
      await page.goto(`${at.shop()}/verify#nonsense`);
      await page.getByLabel('Code from the mail').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.close();
    });

    it('keeps addresses, which are chosen when checking out, and forgets them', async () => {
      const { page, complaints } = await visit(at.browser(), at.shop(), desk);
      await signUp(at, page, 'Ada Lovelace');
      for (const street of ['First Street 1', 'Second Street 2']) {
        await page.getByRole('button', { name: 'Add an address' }).click();
        await page.getByLabel('Name').fill(address.name);
        await page.getByLabel('Street and number').fill(street);
        // The same words in two lines are two lines.
        await page.getByLabel('Apartment').fill(street);
        await page.getByLabel('Postal code').fill(address.zip);
        await page.getByLabel('City').fill(address.city);
        await page.getByLabel('Country').selectOption('US');
        await page.getByRole('button', { name: 'Keep this address' }).click();
        await page.locator('.kept-address').filter({ hasText: street }).waitFor();
      }
      await page.getByRole('button', { name: 'Put first Second Street 2' }).click();
      await page.locator('.kept-address').first().filter({ hasText: 'Second Street 2' }).waitFor();
      expect(await barriers(page)).toEqual([]);
      await fillCart(at, page);
      await page.goto(`${at.shop()}/checkout`);
      await page.getByRole('radio', { name: /Second Street 2/, checked: true }).waitFor();
      await page.getByRole('radio', { name: /First Street 1/ }).check();
      expect(await barriers(page)).toEqual([]);
      await pay(page).click();
      await paid(page).waitFor();
      expect((await page.locator('address').innerText()).match(/First Street 1/g)).toHaveLength(2);
      await page.goto(`${at.shop()}/account`);
      await page.getByRole('button', { name: 'Remove First Street 1' }).click();
      await page.locator('.kept-address').filter({ hasText: 'First Street 1' }).waitFor({ state: 'detached' });
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('is signed out on all devices, taken along as a file, and deleted', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      const email = await signUp(at, page, 'Grace Hopper');
      const { page: other } = await visit(at.browser(), `${at.shop()}/sign-in`, desk);
      await other.getByLabel('E-mail').fill(email);
      await other.getByLabel('Password').fill('a rather long password');
      await other.getByRole('button', { name: 'Sign in' }).click();
      await other.getByRole('heading', { name: 'Hello, Grace Hopper' }).waitFor();
      await page.getByRole('button', { name: 'Sign out on all devices' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await other.reload();
      await other.getByRole('heading', { name: 'Sign in' }).waitFor();
      await other.getByLabel('E-mail').fill(email);
      await other.getByLabel('Password').fill('a rather long password');
      await other.getByRole('button', { name: 'Sign in' }).click();
      const [download] = await Promise.all([
        other.waitForEvent('download'),
        other.getByRole('button', { name: 'Download everything' }).click(),
      ]);
      const taken = JSON.parse(await readFile(await download.path(), 'utf8'));
      expect(taken).toMatchObject({ profile: { email }, orders: [], cart: { items: [] } });
      await other.getByRole('button', { name: 'Delete the account' }).click();
      await other.getByLabel('Password').fill('not the password');
      await other.getByRole('button', { name: 'Delete the account' }).click();
      await other.getByText('That is not your password.').waitFor();
      await other.getByLabel('Password').fill('a rather long password');
      await other.getByRole('button', { name: 'Delete the account' }).click();
      await other.getByRole('heading', { name: 'Sign in' }).waitFor();
      await other.getByLabel('E-mail').fill(email);
      await other.getByLabel('Password').fill('a rather long password');
      await other.getByRole('button', { name: 'Sign in' }).click();
      await other.getByText('E-mail or password is wrong.').waitFor();
      await Promise.all([page.close(), other.close()]);
    });
  });
};
