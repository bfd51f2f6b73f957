import { expect, test } from '@jest/globals';
import { addressDigest, recipientDigest } from './recipient-digest.ts';

test.each([
  ['ada@example.com', 'Ada@Example.COM'],
  ['ada@example.com', 'ada+1@example.com'],
  ['ada@example.com', 'ａｄａ@example.com'],
  ['a.da@gmail.com', 'ad.a@gmail.com'],
])('%s and %s are one recipient', (one, other) => {
  expect(recipientDigest(one)).toBe(recipientDigest(other));
});

test.each([
  ['ada@example.com', 'bob@example.com'],
  ['ada@example.com', 'ada@example.org'],
  ['a.da@example.com', 'ada@example.com'],
])('%s and %s are two', (one, other) => {
  expect(recipientDigest(one)).not.toBe(recipientDigest(other));
});

test.each([
  ['ada@example.com', 'Ada@Example.COM'],
  ['ada@münchen.example', 'ada@xn--mnchen-3ya.example'],
])('%s and %s are one address', (one, other) => {
  expect(addressDigest(one)).toBe(addressDigest(other));
});

test.each([
  ['ada@example.com', 'ada+1@example.com'],
  ['a.da@gmail.com', 'ada@gmail.com'],
  ['ada@example.com', 'ada@example.org'],
])('%s and %s are two addresses', (one, other) => {
  expect(addressDigest(one)).not.toBe(addressDigest(other));
});
