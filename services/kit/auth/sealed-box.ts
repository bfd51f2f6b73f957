import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const saltBytes = 16;
const ivBytes = 12;
const tagBytes = 16;

// HKDF, not scrypt: every secret that comes here is random and at least 256 bits long, so there is nothing to stretch.
const keyOf = (secret: string, salt: Uint8Array, purpose: string) =>
  Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32));

/**
 * Encrypts with AES-256-GCM under a key of its own: salt, iv, tag, ciphertext.
 * `purpose` names what is inside; a box opens only for the purpose it was sealed for.
 */
export const seal = (secret: string, purpose: string, content: Uint8Array): Buffer => {
  const salt = randomBytes(saltBytes);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, salt, purpose), iv, { authTagLength: tagBytes });
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([salt, iv, cipher.getAuthTag(), body]);
};

/** Opens a box; undefined when the secret or the purpose is another one, or a bit of it changed. */
export const open = (secret: string, purpose: string, box: Uint8Array): Buffer | undefined => {
  const bytes = Buffer.from(box);
  const tagAt = saltBytes + ivBytes;
  if (bytes.length < tagAt + tagBytes) return undefined;
  const key = keyOf(secret, bytes.subarray(0, saltBytes), purpose);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(saltBytes, tagAt), { authTagLength: tagBytes });
  decipher.setAuthTag(bytes.subarray(tagAt, tagAt + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(tagAt + tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
};
