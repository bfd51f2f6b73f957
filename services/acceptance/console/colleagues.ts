/** What staff do at the console; each act asks, and what is refused is said. */
import { describe, expect, it } from '@jest/globals';
import { gone, visit } from '../../kit/testing/browser.ts';
import { barriers, desk, faultsIn, type Storefront, signUp } from '../storefront/visitor.ts';
import { buy, question, signIn, visitAsStaff } from './colleague.ts';

/** What staff do at the console. */
export const colleagues = (at: Storefront): void => {
  describe('the console', () => {
    it('lets staff in on the page that they asked for, and says what is wrong before', async () => {
      const { page } = await visit(at.browser(), `${at.console()}/stock?q=love`, desk);
      expect(await barriers(page)).toEqual([]);
      await signIn(page, { email: at.platform().staff.email, password: 'not the password' });
      await page.getByText('E-mail or password is wrong.').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.getByLabel('Password').fill(at.platform().staff.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('table', { name: 'Products' }).waitFor();
      await page.waitForURL(`${at.console()}/stock?q=love`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await page.close();
    });

    it('refuses customers kindly, and shows them nothing', async () => {
      const { page } = await visit(at.browser(), at.shop(), desk);
      const email = await signUp(at, page, 'Emmy Noether');
      const { page: other } = await visit(at.browser(), `${at.console()}/orders`, desk);
      await signIn(other, { email, password: 'a rather long password' });
      await other.getByRole('heading', { name: "This is for the shop's staff" }).waitFor();
      await gone(other.getByRole('table'));
      expect(await barriers(other)).toEqual([]);
      await other.close();
      await page.close();
    });

    it('ships, delivers and refunds an order after a question each, and changes nothing before', async () => {
      const id = await buy(at);
      const { page, complaints } = await visitAsStaff(at, '/orders');
      await page.getByLabel('Order number').fill(id);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByRole('heading', { level: 1, name: 'Paid' }).waitFor();
      await page.getByRole('button', { name: 'Cancel order' }).click();
      await question(page, 'Cancel order').getByRole('button', { name: 'Leave it' }).click();
      await page.getByRole('button', { name: 'Ship' }).click();
      const ship = question(page, 'Ship');
      expect(await barriers(page)).toEqual([]);
      await ship.getByLabel('Carrier').fill('DHL');
      await ship.getByLabel('Tracking number').fill('00340434161094042557');
      await ship.getByRole('button', { name: 'Ship' }).click();
      await page.getByRole('heading', { level: 1, name: 'Shipped' }).waitFor();
      await page.getByText('00340434161094042557', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Mark as delivered' }).click();
      await question(page, 'Mark as delivered').getByRole('button', { name: 'Mark as delivered' }).click();
      await page.getByRole('heading', { level: 1, name: 'Delivered' }).waitFor();
      await page.getByRole('button', { name: 'Refund' }).click();
      const refund = question(page, 'Refund');
      await refund.getByLabel('Amount in USD').fill('1.00');
      await refund.getByLabel('Reason').fill('One copy arrived scratched');
      await refund.getByRole('button', { name: 'Refund' }).click();
      await page.getByText('$1.00 back: One copy arrived scratched').waitFor();
      expect(faultsIn(complaints)).toEqual([]);
      await page.getByRole('button', { name: 'Refund' }).click();
      await refund.getByLabel('Amount in USD').fill('9999.00');
      await refund.getByLabel('Reason').fill('Too much');
      await refund.getByRole('button', { name: 'Refund' }).click();
      await refund.getByRole('alert').waitFor();
      expect(await barriers(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await refund.waitFor({ state: 'hidden' });
      await page.close();
    });

    it('says of an act that another tab was faster why it is refused', async () => {
      const id = await buy(at);
      const { page } = await visitAsStaff(at, `/orders/${id}`);
      await page.getByRole('button', { name: 'Cancel order' }).click();
      const { page: other } = await visitAsStaff(at, `/orders/${id}`);
      await other.getByRole('button', { name: 'Ship' }).click();
      await question(other, 'Ship').getByLabel('Carrier').fill('DHL');
      await question(other, 'Ship').getByLabel('Tracking number').fill('1');
      await question(other, 'Ship').getByRole('button', { name: 'Ship' }).click();
      await other.getByRole('heading', { level: 1, name: 'Shipped' }).waitFor();
      // Longer than the page waits between two looks at an order that moves by itself: the question outlives them.
      await page.evaluate(() => new Promise((done) => setTimeout(done, 2_500)));
      await question(page, 'Cancel order').getByRole('button', { name: 'Cancel order' }).click();
      await question(page, 'Cancel order').getByRole('alert').getByText(id).waitFor();
      await question(page, 'Cancel order').getByRole('button', { name: 'Leave it' }).click();
      await page.getByRole('heading', { level: 1, name: 'Shipped' }).waitFor();
      await page.close();
      await other.close();
    });

    it('changes stock with a reason, which stays beside it', async () => {
      const { page, complaints } = await visitAsStaff(at, '/stock?q=letters');
      await page.getByRole('table', { name: 'Products' }).getByRole('link').first().click();
      await page.getByRole('button', { name: 'Change stock' }).click();
      const change = question(page, 'Change stock');
      await change.getByLabel('Units').fill('12');
      await change.getByLabel('Reason').fill('Delivery of the supplier');
      await change.getByRole('button', { name: 'Change stock' }).click();
      await page.getByRole('row', { name: /came in \+12 Delivery of the supplier/ }).waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('compares the books, and tells how it ended', async () => {
      const { page, complaints } = await visitAsStaff(at, '/books');
      await page.getByRole('button', { name: 'Compare the books' }).click();
      await question(page, 'Compare the books').getByRole('button', { name: 'Compare the books' }).click();
      await page.getByRole('heading', { level: 1, name: 'all agree' }).waitFor();
      await page.getByText('Everything agrees').waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(faultsIn(complaints)).toEqual([]);
      await page.close();
    });

    it('asks whose session is over to come in again, and goes on where it was', async () => {
      const { page } = await visitAsStaff(at, '/orders');
      await page.getByRole('table', { name: 'Orders' }).waitFor();
      await page.context().clearCookies();
      await page.getByRole('link', { name: 'Books' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      await signIn(page, at.platform().staff);
      await page.getByRole('heading', { level: 1, name: 'Books' }).waitFor();
      await page.waitForURL(`${at.console()}/books`);
      await page.close();
    });
  });
};
