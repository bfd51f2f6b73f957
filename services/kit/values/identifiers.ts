/** What an id names: user, product, order, payment, session, event, cart, refund, notification, token family, address, reconciliation, conversation, return, act of staff, incident, maintenance window, upload. */
export const idPrefixes = [
  'usr',
  'prd',
  'ord',
  'pay',
  'ses',
  'evt',
  'crt',
  'rfd',
  'ntf',
  'fam',
  'adr',
  'rec',
  'cnv',
  'act',
  'inc',
  'mnt',
  'ret',
  'upl',
] as const;

export type IdPrefix = (typeof idPrefixes)[number];

/** Where new ids come from; an argument of every use case that makes one. */
export type Ids = { next(prefix: IdPrefix): string };

/** Crockford's base32 in lower case. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

// Crockford's base32 in lower case: no i, l, o, u. The first character holds only 3 bits of the 48-bit time.
const ulid = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/;

/** Whether the value is `<prefix>_` and 26 characters of a lower-case ULID. */
export const isId = (prefix: IdPrefix, value: unknown): value is string =>
  typeof value === 'string' && value.startsWith(`${prefix}_`) && ulid.test(value.slice(prefix.length + 1));

/** The lowest id that can have been made at a moment: ids begin with their time, so all that are made later are above it. */
export const lowestId = (prefix: IdPrefix, at: Date): string => {
  let time = '';
  for (let rest = at.getTime(); time.length < 10; rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time;
  return `${prefix}_${time}${'0'.repeat(16)}`;
};

/** The id that a digest of at least 26 bytes names: always the same, and no way back. */
export const idFrom = (prefix: IdPrefix, digest: Uint8Array): string =>
  `${prefix}_${Array.from(digest.subarray(0, 26), (byte, at) => alphabet[byte % (at === 0 ? 8 : 32)]).join('')}`;
