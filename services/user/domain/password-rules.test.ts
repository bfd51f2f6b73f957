import { describe, expect, it } from '@jest/globals';
import { commonPasswords } from './common-passwords.ts';
import { requireUncommonPassword } from './password-rules.ts';

const refusal = expect.objectContaining({
  kind: 'invalid',
  code: 'user.password-too-common',
  errors: [expect.objectContaining({ path: 'password' })],
});

describe('password rules', () => {
  it.each(['password', 'PassWord', '12345678', 'qwertyuiop', 'trustno1', 'ｐａｓｓｗｏｒｄ１', 'ＱＷＥＲＴＹＵＩＯＰ'])(
    'refuse the common password %s',
    (password) => {
      expect(() => requireUncommonPassword(password, 'ada@example.com')).toThrow(refusal);
    },
  );

  it('refuse the e-mail address as password, in any case', () => {
    expect(() => requireUncommonPassword('Ada@Example.com', 'ada@example.com')).toThrow(refusal);
  });

  it.each(['correct horse battery staple', '        ', 'zzzzzzzz-kx'])(
    'ask for no particular characters: %j',
    (password) => {
      expect(() => requireUncommonPassword(password, 'ada@example.com')).not.toThrow();
    },
  );

  it('know 3,000 passwords, none of them too short to be chosen at all', () => {
    expect(commonPasswords.size).toBe(3000);
    expect(
      [...commonPasswords].filter((password) => password.length < 8 || password !== password.toLowerCase()),
    ).toEqual([]);
  });
});
