/** Arithmetic on IPv4 ranges in the notation of RFC 4632, `10.10.0.0/16`. */
import { dotted } from './subnet-ranges.ts';

const bounds = (cidr: string): readonly [first: number, last: number] => {
  const [address = '', bits = '32'] = cidr.split('/');
  const start = address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(start / size) * size;
  return [first, first + size - 1];
};

/** Whether two ranges have an address in common. */
export const overlap = (left: string, right: string): boolean => {
  const [a, b] = [bounds(left), bounds(right)];
  return a[0] <= b[1] && b[0] <= a[1];
};

/** Whether every address of the inner range is in the outer one. */
export const within = (inner: string, outer: string): boolean =>
  bounds(inner)[0] >= bounds(outer)[0] && bounds(inner)[1] <= bounds(outer)[1];

/** The range as it is written from its first address: `10.10.7.0/16` is `10.10.0.0/16`. */
export const startOf = (cidr: string): string => `${dotted(bounds(cidr)[0])}/${cidr.split('/')[1]}`;
