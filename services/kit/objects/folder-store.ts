import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../values/clock.ts';
import { type ObjectStore, type PromisedUpload, requireKey } from './object-store.ts';

/** Below which path the addresses of a folder's uploads begin (serve-uploads.ts). */
export const uploadsPath = '/objects/';

/** Beside the objects, and no key of one: it begins with a dot. */
const secretFile = '.upload-secret';

/** What an address promises, as its query has it. */
export type SignedPromise = Pick<PromisedUpload, 'key' | 'type' | 'bytes' | 'sha256'> & {
  /** Milliseconds since 1970. */
  readonly expires: number;
};

export type FolderStore = ObjectStore & {
  /** Whether this store signed the promise, and it holds yet. */
  admits(promise: SignedPromise, signature: string): Promise<boolean>;
};

const isCode = (problem: unknown, code: string) => (problem as NodeJS.ErrnoException).code === code;

const unless = (code: string) => (problem: unknown) => {
  if (!isCode(problem, code)) throw problem;
};

/** The secret of a folder: that of whichever process came first, so that all of them know each other's signatures. */
const secretOf = async (folder: string): Promise<Buffer> => {
  const file = path.join(folder, secretFile);
  const known = await readFile(file).catch(unless('ENOENT'));
  if (known) return known;
  await mkdir(folder, { recursive: true });
  const fresh = `${file}-${randomBytes(8).toString('hex')}`;
  await writeFile(fresh, randomBytes(32), { mode: 0o600 });
  await link(fresh, file).catch(unless('EEXIST'));
  await rm(fresh);
  return readFile(file);
};

export type FolderStoreOptions = {
  readonly folder: string;
  /** Where browsers reach the process that serves its uploads (serve-uploads.ts). */
  readonly origin: string;
  readonly clock: Clock;
};

/** A bucket that is a folder. */
export const createFolderStore = (options: FolderStoreOptions): FolderStore => {
  const { folder, clock } = options;
  const fileOf = (key: string) => path.join(folder, ...requireKey(key).split('/'));
  const signatureOf = async ({ key, type, bytes, sha256, expires }: SignedPromise) =>
    createHmac('sha256', await secretOf(folder))
      .update(JSON.stringify([key, type, bytes, sha256, expires]))
      .digest('base64url');

  return {
    signUpload: async ({ key, type, bytes, sha256, validSeconds }) => {
      const expiresAt = new Date(clock.now().getTime() + validSeconds * 1_000);
      const promise = { key: requireKey(key), type, bytes, sha256, expires: expiresAt.getTime() };
      const url = new URL(`${uploadsPath}${key}`, options.origin);
      for (const [name, value] of Object.entries({ type, bytes, sha256, expires: promise.expires }))
        url.searchParams.set(name, String(value));
      url.searchParams.set('signature', await signatureOf(promise));
      return { method: 'PUT', url: url.href, headers: { 'content-type': type }, expiresAt };
    },

    admits: async (promise, signature) => {
      const expected = Buffer.from(await signatureOf(promise));
      const given = Buffer.from(signature);
      return (
        given.length === expected.length && timingSafeEqual(given, expected) && clock.now().getTime() <= promise.expires
      );
    },

    read: async (key, mostBytes) => {
      const file = await open(fileOf(key)).catch(unless('ENOENT'));
      if (!file) return undefined;
      try {
        const { size } = await file.stat();
        if (size > mostBytes) throw new Error(`object ${key} has ${size} bytes, more than the ${mostBytes} asked for`);
        return await file.readFile();
      } finally {
        await file.close();
      }
    },

    write: async (key, content) => {
      const file = fileOf(key);
      await mkdir(path.dirname(file), { recursive: true });
      // A name that is no key, so that nobody reads half of it.
      const part = path.join(folder, `.${randomBytes(12).toString('hex')}.part`);
      try {
        await writeFile(part, content, { flush: true });
        await rename(part, file);
      } catch (problem) {
        await rm(part, { force: true });
        throw problem;
      }
    },

    remove: (key) => rm(fileOf(key), { force: true }),

    close: () => undefined,
  };
};
