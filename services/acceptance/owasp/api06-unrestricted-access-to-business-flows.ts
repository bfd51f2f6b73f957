import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { mailsTo } from '../testing/account-mails.ts';
import { ask, newAccount, type People, password } from '../testing/people.ts';

const hostile = 'Your parcel is held, pay at https://evil.example/pay';

/** https://owasp.org/API-Security/editions/2023/en/0xa6-unrestricted-access-to-sensitive-business-flows/ */
export const unrestrictedAccessToBusinessFlows = (shop: () => People): void => {
  test('whoever registers a stranger’s address has none of his own words mailed there', async () => {
    const { gateway, platform } = shop();
    const email = `${randomUUID()}@strangers.example`;
    const body = { email, password, name: hostile };
    expect((await ask(gateway, '/api/v1/auth/register', { method: 'POST', body })).status).toBe(201);
    const [mail] = await eventually(async () => {
      const mails = await mailsTo(platform, email);
      expect(mails).toHaveLength(1);
      return mails;
    });
    expect(mail?.text).not.toMatch(/parcel|evil/);
    // A shop may do without mails.
    if (platform.mailer !== undefined) expect(mail?.text).toMatch(/^Hello,/);
  });

  test('whoever asks for links again and again has one mailed', async () => {
    const { gateway, platform } = shop();
    const { email } = await newAccount(gateway);
    const request = () => ask(gateway, '/api/v1/auth/reset/request', { method: 'POST', body: { email } });
    const resetsOf = async (to: string) =>
      (await mailsTo(platform, to)).filter(({ kind }) => kind === 'reset-password');
    for (let times = 0; times < 10; times += 1) expect((await request()).status).toBe(204);
    await eventually(async () => expect(await resetsOf(email)).toHaveLength(1));
    // Another account's link, asked for later, is out: by then so would be a second one of the first.
    const later = await newAccount(gateway);
    await ask(gateway, '/api/v1/auth/reset/request', { method: 'POST', body: { email: later.email } });
    await eventually(async () => expect(await resetsOf(later.email)).toHaveLength(1));
    expect(await resetsOf(email)).toHaveLength(1);
  });

  test('an address that nobody proved gets no role', async () => {
    const { gateway, headersOf } = shop();
    const { email } = await newAccount(gateway);
    const body = { email, role: 'staff' };
    const { status, code } = await ask(gateway, '/api/v1/staff', { method: 'POST', body, headers: headersOf.admin });
    expect([status, code]).toEqual([409, 'staff.email-unproved']);
  });
};
