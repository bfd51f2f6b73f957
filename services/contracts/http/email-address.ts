/** Where mails are sent to: addresses of any script, as people write them (RFC 6531 and 6532). */
import { z } from 'zod';

/** Longest address, and longest part of it before the @, in bytes of UTF-8 (RFC 5321, 4.5.3.1). */
const maxBytes = 254;
const maxLocalBytes = 64;

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

// Letters with their marks and digits of every script; no quotes and comments, which no provider of mailboxes hands out.
const atom = /[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+/u.source;
const form = new RegExp(`^(?<local>${atom}(?:\\.${atom})*)@(?<domain>[\\p{L}\\p{M}\\p{N}.-]+)$`, 'u');
const hostName = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/;

/** The name of a domain in the net: `münchen.example` is `xn--mnchen-3ya.example`. Undefined for what cannot be one. */
export const hostNameOf = (domain: string): string | undefined => {
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return undefined;
  }
};

const isAddress = (text: string): boolean => {
  const { local = '', domain = '' } = form.exec(text)?.groups ?? {};
  return bytesOf(text) <= maxBytes && bytesOf(local) <= maxLocalBytes && hostName.test(hostNameOf(domain) ?? '');
};

/** One spelling for one mailbox: composed (NFC), and in lower case, as nearly every provider takes it. */
const fold = (address: string) => address.trim().toLowerCase().normalize('NFC');

/** An e-mail address, folded. */
export const emailSchema = z
  .string()
  .max(1_000)
  .overwrite(fold)
  .refine(isAddress, 'must be an e-mail address')
  .meta({ format: 'idn-email', example: 'customer@example.com' });
