/** Crockford's base32 in lower case, as in every id of the platform. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** A refund id from a digest of at least 26 bytes, so that the same request always means the same refund. Pure. */
export const refundIdFrom = (digest: Uint8Array): string =>
  `rfd_${Array.from(digest.subarray(0, 26), (byte) => alphabet[byte % alphabet.length]).join('')}`;
