import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../services/kit/testing/condition.ts';
import { openDataFolder } from '../local/data-folder.ts';
import { type PlatformWatch, watchPlatform } from './watch-platform.ts';

let place: string;
let folder: string;
let release: () => void;
let watch: PlatformWatch;

beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'watched-'));
  const opened = await openDataFolder(path.join(place, 'data'));
  folder = opened.path;
  release = opened.release;
});

afterEach(async () => {
  watch.close();
  await rm(place, { recursive: true });
});

test('a platform is gone once nobody has held its folder for a while', async () => {
  watch = watchPlatform(folder, () => false, 50);
  expect(watch.gone.aborted).toBe(false);
  release();
  await eventually(() => expect(watch.gone.aborted).toBe(true));
  expect((watch.gone.reason as Error).message).toContain(`nothing has run on ${folder}`);
});

test('a platform that is being started again is not gone', async () => {
  release();
  let looks = 0;
  let isRestarting = true;
  watch = watchPlatform(
    folder,
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
