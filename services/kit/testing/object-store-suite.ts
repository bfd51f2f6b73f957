import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ObjectStore, PromisedUpload, SignedUpload } from '../objects/object-store.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';

export type StoreUnderTest = {
  readonly store: ObjectStore;
  stop(): Promise<void>;
};

const content = Buffer.from('what a member of staff sends');
const sha256 = createHash('sha256').update(content).digest('hex');
const promised: PromisedUpload = {
  key: 'uploads/one',
  type: 'image/png',
  bytes: content.length,
  sha256,
  validSeconds: 300,
};

const send = async ({ method, url, headers }: SignedUpload, body: Buffer = content) =>
  (await fetch(url, { method, headers, body: new Uint8Array(body) })).status;

/** What every store of objects does, whatever stands behind it. `start` is given a clock that signs, and begins at the present. */
export const objectStoreSuite = (name: string, start: (clock: FakeClock) => Promise<StoreUnderTest>): void => {
  describe(`the store of objects on ${name}`, () => {
    const clock = fakeClock(new Date());
    let { store, stop } = {} as StoreUnderTest;
    beforeAll(async () => {
      ({ store, stop } = await start(clock));
    });
    afterAll(() => stop());

    it('gives back what was written, and the last where it was written twice', async () => {
      await store.write('images/one-0.webp', Buffer.from('first'), 'image/webp');
      await store.write('images/one-0.webp', Buffer.from('second'), 'image/webp');
      expect(String(await store.read('images/one-0.webp', 100))).toBe('second');
    });

    it('has nothing under a key that was never written, or was removed, once or twice', async () => {
      expect(await store.read('images/never', 100)).toBeUndefined();
      await store.write('images/gone', Buffer.from('x'), 'image/webp');
      await store.remove('images/gone');
      await store.remove('images/gone');
      expect(await store.read('images/gone', 100)).toBeUndefined();
    });

    it('reads nothing that is larger than was asked for', async () => {
      await store.write('images/large', Buffer.alloc(1_001), 'image/webp');
      await expect(store.read('images/large', 1_000)).rejects.toThrow('more than the 1000 asked for');
    });

    it.each(['', '/x', '../x', 'a/../b', 'a//b', '.upload-secret', 'A', 'a b', 'x'.repeat(501)])(
      'knows no key %j',
      async (key) => {
        await expect(store.read(key, 100)).rejects.toThrow('is no key of an object');
        await expect(store.signUpload({ ...promised, key })).rejects.toThrow('is no key of an object');
      },
    );

    it('takes the upload that it signed, and another time the same one', async () => {
      const signed = await store.signUpload(promised);
      expect(signed.expiresAt).toEqual(new Date(clock.now().getTime() + 300_000));
      expect([await send(signed), await send(signed)]).toEqual([200, 200]);
      expect(await store.read('uploads/one', 100)).toEqual(content);
    });

    const refusedUpload = async (
      key: string,
      change: (signed: SignedUpload) => SignedUpload,
      body: Buffer = content,
    ): Promise<number> => {
      const status = await send(change(await store.signUpload({ ...promised, key })), body);
      expect(await store.read(key, 10_000)).toBeUndefined();
      return status;
    };

    it('refuses content that is longer, shorter, or other than was promised, and stores none of it', async () => {
      const same = (signed: SignedUpload) => signed;
      expect(await refusedUpload('uploads/longer', same, Buffer.concat([content, content]))).toBeGreaterThan(399);
      expect(await refusedUpload('uploads/shorter', same, content.subarray(1))).toBeGreaterThan(399);
      const other = Buffer.from(content);
      other[0] = 0;
      expect(await refusedUpload('uploads/other', same, other)).toBeGreaterThan(399);
    });

    it('refuses another type than was promised', async () => {
      const change = (signed: SignedUpload) => ({
        ...signed,
        headers: { ...signed.headers, 'content-type': 'text/html' },
      });
      expect(await refusedUpload('uploads/typed', change)).toBe(403);
    });

    it('refuses an address that was changed, part by part', async () => {
      const { url } = await store.signUpload({ ...promised, key: 'uploads/changed' });
      for (const name of new URL(url).searchParams.keys()) {
        const change = (signed: SignedUpload) => {
          const changed = new URL(signed.url);
          const value = changed.searchParams.get(name) ?? '';
          changed.searchParams.set(name, /^\d+$/.test(value) ? String(Number(value) + 1) : `${value}0`);
          return { ...signed, url: changed.href };
        };
        expect(await refusedUpload('uploads/changed', change)).toBeGreaterThan(399);
      }
      const elsewhere = (signed: SignedUpload) => ({ ...signed, url: signed.url.replace('changed', 'elsewhere') });
      expect(await refusedUpload('uploads/changed', elsewhere)).toBe(403);
      expect(await store.read('uploads/elsewhere', 100)).toBeUndefined();
    });

    it('refuses an address that has expired', async () => {
      clock.advance(-400_000);
      const key = 'uploads/late';
      const signed = await store.signUpload({ ...promised, key });
      clock.advance(400_000);
      expect(await send(signed)).toBe(403);
      expect(await store.read(key, 100)).toBeUndefined();
    });
  });
};
