import { createHash } from 'node:crypto';

/**
 * An address as a digest: the same for the same address alone, in either case, its domain by its name in the net, as SES writes it.
 * A mailbox that refuses `ada+1@example.com` says nothing about `ada@example.com`; else anybody could have a stranger's mails stopped.
 * Pure.
 */
export const addressDigest = (address: string): string => {
  const folded = address.normalize('NFC').toLowerCase();
  const at = folded.lastIndexOf('@');
  const domain = folded.slice(at + 1);
  const written = `${folded.slice(0, Math.max(at, 0))}@${URL.parse(`http://${domain}`)?.hostname ?? domain}`;
  return createHash('sha256').update(written).digest('hex');
};

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
