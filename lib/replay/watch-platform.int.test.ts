import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../services/kit/testing/condition.ts';
import { type DataFolder, openDataFolder } from '../local/data-folder.ts';
import { type PlatformWatch, watchPlatform } from './watch-platform.ts';

let place: string;
let folder: DataFolder;
let watch: PlatformWatch;

beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'watched-'));
  folder = await openDataFolder(path.join(place, 'data'));
});

afterEach(async () => {
  watch.close();
  folder.release();
  await rm(place, { recursive: true });
});

test('a platform is gone once nobody has held its folder for a while', async () => {
  watch = watchPlatform(folder.path, () => false, 50);
  expect(watch.gone.aborted).toBe(false);
  folder.release();
  await eventually(() => expect(watch.gone.aborted).toBe(true));
  expect((watch.gone.reason as Error).message).toContain(`nothing has run on ${folder.path}`);
});

test('a platform that is being started again is not gone', async () => {
  folder.release();
  let looks = 0;
  let isRestarting = true;
  watch = watchPlatform(
    folder.path,
    () => {
      looks += 1;
      return isRestarting;
    },
    50,
  );
  await eventually(() => expect(looks).toBeGreaterThan(5));
  expect(watch.gone.aborted).toBe(false);
  isRestarting = false;
  await eventually(() => expect(watch.gone.aborted).toBe(true));
});
