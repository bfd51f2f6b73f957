import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { canEnter, unprivilegedAccount } from '../../../services/kit/storage/postgres-programs.ts';
import { folderOutside, reachableHome } from './postgres-account.ts';

let closed: string;
let umask: number;
beforeEach(async () => {
  umask = process.umask(0o077);
  closed = await mkdtemp(path.join(tmpdir(), 'closed-'));
});
afterEach(async () => {
  process.umask(umask);
  await rm(closed, { recursive: true });
  await rm(folderOutside(path.basename(closed)), { recursive: true, force: true });
});

test('the account of PostgreSQL can enter its home, however closed the shell makes new folders', async () => {
  const account = await unprivilegedAccount();
  const { home } = await reachableHome({ path: closed, id: path.basename(closed) }, account);
  expect(await canEnter(home, account)).toBe(true);
});
