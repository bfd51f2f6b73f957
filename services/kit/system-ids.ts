import { randomBytes as systemRandomBytes } from 'node:crypto';
import { systemClock } from './system-clock.ts';
import type { Clock } from './values/clock.ts';
import type { IdPrefix, Ids } from './values/identifiers.ts';

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

const encode = (value: bigint, length: number): string => {
  let text = '';
  let rest = value;
  for (let i = 0; i < length; i++) {
    text = alphabet[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return text;
};

export type IdSources = {
  readonly clock: Clock;
  /** Returns that many random bytes; must be unpredictable in production, because a session id is a key. */
  readonly randomBytes: (size: number) => Uint8Array;
};

/** ULIDs with a prefix that says what they name: 48 bits of milliseconds, then 80 random bits (github.com/ulid/spec). */
export const createIds = ({ clock, randomBytes }: IdSources): Ids => ({
  next: (prefix: IdPrefix) => {
    const time = encode(BigInt(clock.now().getTime()), 10);
    let random = 0n;
    for (const byte of randomBytes(10)) random = (random << 8n) | BigInt(byte);
    return `${prefix}_${time}${encode(random, 16)}`;
  },
});

/** Draws from the system's generator 4 KiB at a time: one call for each id costs as much as all the rest of making it. */
const drawRandomBytes = (): IdSources['randomBytes'] => {
  let pool = Buffer.alloc(0);
  let used = 0;
  return (size) => {
    if (used + size > pool.length) {
      pool = systemRandomBytes(Math.max(4096, size));
      used = 0;
    }
    used += size;
    return pool.subarray(used - size, used);
  };
};

export const systemIds: Ids = createIds({ clock: systemClock, randomBytes: drawRandomBytes() });
