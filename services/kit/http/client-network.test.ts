import { expect, test } from '@jest/globals';
import { networkOf } from './client-network.ts';

test.each([
  ['addresses of one /64', ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff']],
  ['spellings of one address', ['2001:db8:0:0:0:0:0:1', '2001:DB8::1', '2001:0db8:0000::0001']],
  ['an IPv4 address and the same in IPv6 clothes', ['192.0.2.7', '::ffff:192.0.2.7', '::FFFF:c000:207']],
])('%s are one network', (_what, addresses) => {
  expect(new Set(addresses.map(networkOf)).size).toBe(1);
});

test.each([
  ['neighbouring /64', '2001:db8:1:2::1', '2001:db8:1:3::1'],
  ['neighbouring IPv4 addresses', '192.0.2.7', '192.0.2.8'],
  ['IPv4 addresses in IPv6 clothes', '::ffff:192.0.2.7', '::ffff:192.0.2.8'],
])('%s are two', (_what, one, other) => {
  expect(networkOf(one)).not.toBe(networkOf(other));
});
