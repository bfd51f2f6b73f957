import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { createHttpServer } from '../http/http-server.ts';
import { defineService } from '../manifest.ts';
import { testContext } from '../testing/context.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { objectStoreSuite } from '../testing/object-store-suite.ts';
import { createFolderStore } from './folder-store.ts';
import { serveUploads } from './serve-uploads.ts';

const manifest = defineService({
  name: 'pictures',
  kind: 'web',
  summary: 'Takes uploads.',
  ports: { http: 8009 },
  owns: {},
  publishes: {},
  consumes: {},
  calls: [],
  criticalFunctions: [],
  configuration: {},
  scaling: { min: 1, max: 1, cpuPercent: 65 },
  size: { cpuMillis: 100, memoryMiB: 128 },
});

const newFolder = () => mkdtemp(path.join(tmpdir(), 'folder-store-'));

objectStoreSuite('a folder', async (clock) => {
  const folder = await newFolder();
  const http = await createHttpServer({ context: testContext(manifest) });
  let origin = 'http://127.0.0.1';
  const store = createFolderStore({
    folder,
    get origin() {
      return origin;
    },
    clock,
  });
  serveUploads(http, store);
  origin = await http.listen({ host: '127.0.0.1', port: 0 });
  return {
    store,
    stop: async () => {
      await http.close();
      await rm(folder, { recursive: true });
    },
  };
});

it('is known by every process that signs for the folder, and leaves no part of a file behind', async () => {
  const folder = await newFolder();
  const clock = fakeClock();
  const stores = ['one', 'other', 'third'].map(() =>
    createFolderStore({ folder, origin: 'http://127.0.0.1:1', clock }),
  );
  const promise = { key: 'uploads/a', type: 'image/png', bytes: 1, sha256: 'a'.repeat(64) };
  const signed = await Promise.all(stores.map((store) => store.signUpload({ ...promise, validSeconds: 60 })));
  expect(new Set(signed.map(({ url }) => url)).size).toBe(1);
  await stores[0]?.write('uploads/a', Buffer.from('a'), 'image/png');
  expect((await readdir(folder)).toSorted()).toEqual(['.upload-secret', 'uploads']);
  await rm(folder, { recursive: true });
});
