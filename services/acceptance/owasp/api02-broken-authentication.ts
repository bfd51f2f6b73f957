import { expect, test } from '@jest/globals';
import { eventually } from '../../kit/testing/condition.ts';
import { codeMailedTo } from '../testing/account-mails.ts';
import { ask, newAccount, type People, password, signInAs } from '../testing/people.ts';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/ */
export const brokenAuthentication = (shop: () => People): void => {
  test('a token that was changed or signed by nobody opens nothing', async () => {
    const { gateway, headersOf } = shop();
    const [header = '', claims = '', signature = ''] = (headersOf.owner['authorization'] ?? '').slice(7).split('.');
    const asStaff = {
      ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
      roles: ['customer', 'staff', 'admin'],
    };
    const forged = [
      `${header}.${encoded(asStaff)}.${signature}`,
      `${encoded({ alg: 'none', typ: 'at+jwt' })}.${encoded(asStaff)}.`,
      `${header}.${claims}.${signature.slice(0, -4)}AAAA`,
    ];
    for (const token of forged) {
      const { status, code } = await ask(gateway, '/api/v1/me', { headers: { authorization: `Bearer ${token}` } });
      expect([status, code]).toEqual([403, 'token.invalid']);
    }
  });

  test('a request for a link to a new password answers the same whether or not the address has an account', async () => {
    const { gateway, accounts } = shop();
    const request = async (email: string) => {
      const { status, text } = await ask(gateway, '/api/v1/auth/reset/request', { method: 'POST', body: { email } });
      return [status, text];
    };
    expect(await request(accounts.other.email)).toEqual(await request('nobody-at-all@customers.example'));
  });

  test('a mailed link sets a password once, ends all sessions, and the old password is gone', async () => {
    const { gateway, platform } = shop();
    const account = await newAccount(gateway);
    await ask(gateway, '/api/v1/auth/reset/request', { method: 'POST', body: { email: account.email } });
    const token = await codeMailedTo(platform, account.email, 'reset-password');
    const reset = (chosen: string) =>
      ask(gateway, '/api/v1/auth/reset', { method: 'POST', body: { token, password: chosen } });
    expect((await reset('another password that nobody guesses')).status).toBe(204);
    const again = await reset('a third password that nobody guesses');
    expect([again.status, again.code]).toEqual([400, 'auth.link-invalid']);
    await eventually(async () => {
      const { status, code } = await ask(gateway, '/api/v1/me', { headers: account.headers });
      expect([status, code]).toEqual([401, 'auth.session-ended']);
    });
    await expect(signInAs(gateway, { email: account.email, password })).rejects.toThrow('auth.invalid-credentials');
  });

  test('guesses at a password are throttled, without an end to the owner’s session', async () => {
    const { gateway } = shop();
    const account = await newAccount(gateway);
    const guess = async () => {
      const body = { email: account.email, password: 'not the password' };
      return (await ask(gateway, '/api/v1/auth/login', { method: 'POST', body })).code;
    };
    // From the sixth guess on each must wait twice as long, so that even a slow machine is soon too quick.
    const answers: (string | undefined)[] = [];
    while (answers.length < 12 && answers.at(-1) !== 'auth.too-many-attempts') answers.push(await guess());
    expect(answers.slice(0, 5)).toEqual(Array(5).fill('auth.invalid-credentials'));
    expect(answers.at(-1)).toBe('auth.too-many-attempts');
    expect((await ask(gateway, '/api/v1/me', { headers: account.headers })).status).toBe(200);
  });

  test('whoever changes a password or ends an account gives the current one again', async () => {
    const { gateway } = shop();
    const { headers } = await newAccount(gateway);
    const change = await ask(gateway, '/api/v1/me', {
      method: 'PATCH',
      headers,
      body: { password: 'another password that nobody guesses', currentPassword: 'not mine' },
    });
    expect([change.status, change.code]).toEqual([400, 'user.wrong-password']);
    const end = await ask(gateway, '/api/v1/me', { method: 'DELETE', headers, body: { password: 'not mine' } });
    expect([end.status, end.code]).toEqual([400, 'user.wrong-password']);
  });
};
