import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../services/kit/testing/condition.ts';
import { root } from '../checkout.ts';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'interrupted-bundle-'));
  // PostgreSQL runs as somebody else where the tests run as root.
  await chmod(place, 0o755);
});
afterEach(() => rm(place, { recursive: true }));

const trials = async () => (await readdir(place)).filter((name) => name.startsWith('cloudmart-trial-'));

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while a bundle is started says so, and leaves no temporary folder',
  async (name) => {
    const out = path.join(place, 'out');
    const child = spawn(process.execPath, ['bin/cloudmart.ts', 'bundle', 'cart', 'order', '--out', out], {
      cwd: root,
      env: { ...process.env, TMPDIR: place },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said = text(child.stderr);
    const ended = once(child, 'close');
    await eventually(async () => expect(await trials()).toHaveLength(1), { everyMs: 50 });
    child.kill(name);
    expect(await ended).toEqual([128 + constants.signals[name], null]);
    expect(await said).toBe('cloudmart: interrupted; what is bundled stays, and bundling again is safe\n');
    expect(await trials()).toEqual([]);
    expect(await readdir(out)).not.toContain('order');
  },
);
