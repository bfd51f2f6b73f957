import { createHash } from 'node:crypto';

const dotless: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com']);

/**
 * Whom an address reaches, as a digest: spellings that reach the same mailbox are one, such as `Ada+1@example.com` and `ada@example.com`.
 * Pure.
 */
export const recipientDigest = (address: string): string => {
  const folded = address.normalize('NFKC').toLowerCase();
  const at = folded.lastIndexOf('@');
  const domain = folded.slice(at + 1);
  const [local = ''] = folded.slice(0, Math.max(at, 0)).split('+');
  const mailbox = dotless.has(domain) ? local.replaceAll('.', '') : local;
  return createHash('sha256').update(`${mailbox}@${domain}`).digest('hex');
};
