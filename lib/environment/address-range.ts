/** Arithmetic on IPv4 ranges in the notation of RFC 4632, `10.10.0.0/16`. */
import { dotted } from './subnet-ranges.ts';

/** Ranges of RFC 1918 and RFC 6598: network policies close them and leave the rest of the world to whoever may leave. */
export const PRIVATE_RANGES = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];

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
