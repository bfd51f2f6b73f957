/** Objects in a bucket: S3 on AWS, a folder on one's own machine. One suite holds both: ../testing/object-store-suite.ts. */

/** What a browser is going to send; whatever differs from it is refused where it arrives, and nothing is stored. */
export type PromisedUpload = {
  readonly key: string;
  /** Media type. */
  readonly type: string;
  readonly bytes: number;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
  /** Seconds for which the address is good. */
  readonly validSeconds: number;
};

/** A request that whoever holds it may send, once or several times, until it expires. */
export type SignedUpload = {
  readonly method: 'PUT';
  readonly url: string;
  /** To be sent as they are, beside what a client adds by itself. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
};

/**
 * Keys are names of lower-case letters, digits, `_`, `-` and `.`, parted by `/`. Every call has a deadline of seconds; a store that does not
 * answer is refused as `objects.unavailable`.
 */
export type ObjectStore = {
  signUpload(promised: PromisedUpload): Promise<SignedUpload>;
  /** The content, or undefined where there is no such object. Throws, without reading on, for one of more than `mostBytes`. */
  read(key: string, mostBytes: number): Promise<Buffer | undefined>;
  /** Stores an object whole or not at all, in place of one that was there. */
  write(key: string, content: Uint8Array, type: string): Promise<void>;
  /** Removes an object; one that is not there counts as removed. */
  remove(key: string): Promise<void>;
  close(): void;
};

/** Throws for a key that would not mean the same in every store. */
export const requireKey = (key: string): string => {
  if (key.length > 500 || !/^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/.test(key))
    throw new Error(`"${key}" is no key of an object; use names of a-z, 0-9, "_", "-" and ".", parted by "/"`);
  return key;
};
