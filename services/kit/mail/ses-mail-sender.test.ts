import { expect, test } from '@jest/globals';
import { sesAddressOf } from './ses-mail-sender.ts';

test.each([
  ['customer@example.com', 'customer@example.com'],
  ['a@münchen.example', 'a@xn--mnchen-3ya.example'],
  ['pelé@例子.广告', 'pelé@xn--fsqu00a.xn--4rr70v'],
])('SES is told %s as %s', (address, told) => {
  expect(sesAddressOf(address)).toBe(told);
});
