import { createHash } from 'node:crypto';

/** Tag of a representation by its content; weak (RFC 9110, 8.8.1), so that it holds whatever a proxy compresses it with. */
export const entityTag = (content: string | Uint8Array): string =>
  `W/"${createHash('sha1').update(content).digest('base64url')}"`;

const opaque = (tag: string) => tag.trim().replace(/^W\//, '');

/** Whether an `if-none-match` names the tag, compared weakly (RFC 9110, 13.1.2). Opaque tags of ours hold no comma. */
export const isKnownTag = (tag: string, ifNoneMatch = ''): boolean =>
  ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((known) => opaque(known) === opaque(tag));
