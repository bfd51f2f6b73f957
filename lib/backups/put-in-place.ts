/** Puts a backup in the place of what a data folder holds, which is kept beside. */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { DataFolder } from '../local/data-folder.ts';
import { chooseAccount, clustersOf, reachableHome } from '../local/postgres/postgres-account.ts';
import { writeFileAtomically } from '../write-file-atomically.ts';
import { type BackupManifest, FILE_PARTS, FOLDER_PARTS } from './backup-manifest.ts';
import { RESTORING } from './restoring.ts';
import { unpackBackup } from './unpack-backup.ts';

const STAGE = 'restoring';
/** Folder below which a data folder keeps what backups took the place of. */
export const REPLACED = 'replaced';
/** Made anew from the tables ("npx cloudmart warehouse backfill"); its rows would be ahead of what was restored. */
const WAREHOUSE = 'warehouse';
const MOVED = [...FOLDER_PARTS, ...FILE_PARTS, WAREHOUSE];

/** Where something lies now that was in the way of a backup. */
export type Kept = { readonly was: string; readonly is: string };

/**
 * Restores into a folder that this process holds. Everything is unpacked and checked ahead of the first change; a switch that is cut off
 * keeps the folder from being started until it was done once more. Returns what was kept; throws `BackupRefused`, and nothing has changed.
 */
export const putInPlace = async (
  backups: string,
  manifest: BackupManifest,
  folder: DataFolder,
  { say, signal }: { readonly say: (sentence: string) => void; readonly signal: AbortSignal },
): Promise<Kept[]> => {
  const clusters = await clustersOf(folder);
  const account = await chooseAccount(clusters[0]);
  const { home } = await reachableHome(folder, account);
  const [stage, stagedCluster] = [folder.at(STAGE), path.join(home, `cluster.${STAGE}`)];
  const clearStage = () =>
    Promise.all([stage, stagedCluster].map((place) => rm(place, { recursive: true, force: true })));
  await clearStage();
  try {
    await mkdir(stage, { mode: 0o700 });
    await unpackBackup(backups, manifest, { folder: stage, cluster: { folder: stagedCluster, account } }, signal);
  } catch (problem) {
    await clearStage();
    throw problem;
  }
  say('every file is whole; setting aside what is there and putting the backup in its place');
  const stamp = new Date().toISOString().replaceAll(':', '-');
  const keptFolder = folder.at(REPLACED, stamp);
  const kept: Kept[] = [];
  const setAside = async (was: string, is: string) => {
    await rename(was, is);
    kept.push({ was, is });
  };
  await writeFileAtomically(folder.at(RESTORING), JSON.stringify({ backup: manifest.name, since: stamp }));
  for (const cluster of clusters) await setAside(cluster, `${cluster}.${REPLACED}-${stamp}`);
  const there = (await readdir(folder.path)).filter((name) => MOVED.some((part) => part === name));
  if (there.length > 0) await mkdir(keptFolder, { recursive: true, mode: 0o700 });
  for (const name of there) await setAside(folder.at(name), path.join(keptFolder, name));
  await rename(stagedCluster, path.join(home, 'cluster'));
  for (const name of await readdir(stage)) await rename(path.join(stage, name), folder.at(name));
  await rm(stage, { recursive: true });
  await rm(folder.at(RESTORING));
  return kept;
};
