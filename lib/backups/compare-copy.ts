import type { BackupManifest, DatabaseRecord } from './backup-manifest.ts';
import { differencesOf, recordDatabase } from './database-record.ts';
import { type ClusterDoor, databasesOf, inDatabase } from './open-cluster.ts';

/** One sentence for each difference between a restored cluster and what its backup recorded. */
export const compareCopy = async (door: ClusterDoor, recorded: BackupManifest['databases']): Promise<string[]> => {
  const found: Record<string, DatabaseRecord> = {};
  for (const name of await databasesOf(door)) found[name] = await inDatabase(door, name, recordDatabase);
  const missing = Object.keys(recorded).filter((name) => !(name in found));
  return [
    ...missing.map((name) => `${name}: the database is missing`),
    ...Object.entries(found).flatMap(([name, record]) => {
      const was = recorded[name];
      return was ? differencesOf(name, was, record) : [`${name}: the backup recorded no such database`];
    }),
  ];
};
