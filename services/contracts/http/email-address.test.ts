import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { emailSchema } from './email-address.ts';

describe('an e-mail address', () => {
  test.each([
    ['customer@example.com', 'customer@example.com'],
    [' Customer+films@Mail.Example.COM ', 'customer+films@mail.example.com'],
    ["o'neill@example.ie", "o'neill@example.ie"],
    ['a@münchen.example', 'a@münchen.example'],
    ['A@MÜNCHEN.example', 'a@münchen.example'],
    ['pele\u0301@example.com', 'pelé@example.com'],
    ['PELÉ@example.com', 'pelé@example.com'],
    ['用户@例子.广告', '用户@例子.广告'],
    ['उपयोगकर्ता@उदाहरण.कॉम', 'उपयोगकर्ता@उदाहरण.कॉम'],
    ['квіточка@пошта.укр', 'квіточка@пошта.укр'],
    ['a@xn--mnchen-3ya.example', 'a@xn--mnchen-3ya.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ])('%s is taken as %s', (given, kept) => {
    expect(emailSchema.parse(given)).toBe(kept);
    expect(emailSchema.parse(kept)).toBe(kept);
  });

  test.each([
    '',
    'customer',
    'customer@',
    '@example.com',
    'customer@localhost',
    'customer@127.0.0.1',
    'customer@[127.0.0.1]',
    'customer@0x7f.1',
    'customer@example..com',
    'customer@-example.com',
    'customer@example.com/path',
    'customer@example.com:25',
    'customer@example.com?x',
    'two@at@example.com',
    '.customer@example.com',
    'cus..tomer@example.com',
    'customer @example.com',
    'customer@exa mple.com',
    'customer@example.com\nbcc: somebody@example.com',
    'Customer <customer@example.com>',
    '"quoted"@example.com',
    'evil\u202e@example.com',
    'zero\u200bwidth@example.com',
    `${'a'.repeat(65)}@example.com`,
    `${'é'.repeat(33)}@example.com`,
    `a@${'a'.repeat(64)}.example`,
    `a@${'abcdefgh.'.repeat(40)}example`,
  ])('%j is refused', (given) => {
    expect(emailSchema.safeParse(given).success).toBe(false);
  });

  test('is judged in no time, however long it is', () => {
    expect(emailSchema.safeParse(`${'a.'.repeat(499)}@`).success).toBe(false);
    expect(emailSchema.safeParse('a'.repeat(1_000_000)).success).toBe(false);
  });

  test('can be described as JSON Schema', () => {
    expect(z.toJSONSchema(emailSchema)).toMatchObject({ type: 'string', format: 'idn-email' });
  });
});
