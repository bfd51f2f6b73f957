/** Whether a backup would bring the shop back: it is restored beside, compared with what it recorded, and judged by the laws. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeShopFolder, startShop } from '../bench/shop-under-test.ts';
import { checkLaws, type LawVerdict } from '../laws/check-laws.ts';
import { checkPlatform } from '../laws/check-platform.ts';
import { openFacts } from '../laws/open-facts.ts';
import { type DataFolder, openDataFolder } from '../local/data-folder.ts';
import { databaseUrl, EVENTS_DATABASE } from '../local/postgres/databases.ts';
import { startPostgres } from '../local/postgres/postgres.ts';
import { folderOutside } from '../local/postgres/postgres-account.ts';
import { ADMINISTRATOR } from '../local/postgres/postgres-cluster.ts';
import { readSecrets, type Secrets } from '../local/secrets.ts';
import { tableEnvironment } from '../local/tables/declared-tables.ts';
import { startTables } from '../local/tables/tables.ts';
import { services } from '../services.ts';
import { findBackup } from './backup-folder.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { BackupRefused } from './backup-refused.ts';
import { compareCopy } from './compare-copy.ts';
import { freePort, freePortBase } from './free-ports.ts';
import { putInPlace } from './put-in-place.ts';

export type VerifyBackupOptions = {
  readonly backups: string;
  /** Default the newest whole one. */
  readonly name?: string | undefined;
  readonly say: (sentence: string) => void;
  readonly signal: AbortSignal;
};

export type VerifyReport = {
  readonly backup: string;
  readonly takenAt: string;
  /** When it was looked at, ISO 8601, UTC, and how old the backup was then, in seconds. */
  readonly verifiedAt: string;
  readonly ageSeconds: number;
  readonly isGood: boolean;
  /** Why it cannot even be restored. */
  readonly problem?: string;
  /** How long each part took. */
  readonly seconds: { readonly restore: number; readonly compare: number; readonly laws: number };
  readonly databases: number;
  readonly tables: number;
  readonly rows: number;
  /** One sentence for each difference between the copy and what the backup recorded. */
  readonly differences: readonly string[];
  /** Whether a shop was started on the copy, because work was under way when it was made. */
  readonly wasUnderWay: boolean;
  readonly laws: readonly LawVerdict[];
};

/** For work that was under way when the backup was made. */
const SETTLED_WITHIN_SECONDS = 120;
const STOP_WITHIN_MS = 10_000;
/** Age at which unfinished work counts as stuck; the sweepers of the shop take it up before. */
const STUCK_SECONDS = 60;

const isBroken = ({ violations }: LawVerdict) => violations.length > 0;

/** Every law as of the moment of the backup: nothing runs that could finish what was under way. */
const lawsOfMoment = async (folder: DataFolder, port: number, secrets: Secrets, takenAt: string) => {
  const tablesPort = await freePort();
  const tables = await startTables(folder.at('tables'), tablesPort, services);
  const url = (database: string) =>
    databaseUrl(port, ADMINISTRATOR, { ...secrets, roles: { [ADMINISTRATOR]: secrets.administrator } }, database);
  const { facts, close } = await openFacts({
    databases: Object.fromEntries(
      services.flatMap(({ owns: { database } }) => (database === undefined ? [] : [[database, url(database)]])),
    ),
    ...{ events: url(EVENTS_DATABASE), services, mailFolder: folder.at('mail') },
    tables: tableEnvironment(`http://127.0.0.1:${tablesPort}`),
    limitSeconds: STUCK_SECONDS,
  });
  try {
    return await checkLaws(() => ({ ...facts(), now: new Date(takenAt) }));
  } finally {
    await close();
    await tables.close();
  }
};

/** Lets a shop on the copy finish what was under way, and judges it then. */
const lawsOfShop = async (dataFolder: string, { say, signal }: VerifyBackupOptions) => {
  const shop = await startShop({ portBase: await freePortBase(services), on: dataFolder, signal });
  try {
    return await checkPlatform(dataFolder, {
      ...{ historyFile: undefined, limitSeconds: STUCK_SECONDS, patienceSeconds: SETTLED_WITHIN_SECONDS },
      onWait: (waiting) => say(`waiting for ${waiting.map(({ id }) => id).join(', ')}`),
    });
  } finally {
    await shop.stop();
  }
};

const judge = async (folder: DataFolder, manifest: BackupManifest, options: VerifyBackupOptions) => {
  const { backups, say, signal } = options;
  let since = performance.now();
  const lap = () => {
    const seconds = Math.round((performance.now() - since) / 100) / 10;
    since = performance.now();
    return seconds;
  };
  say(`restoring ${manifest.name} beside`);
  await mkdir(folder.at('logs'), { recursive: true });
  await putInPlace(backups, manifest, folder, { say: () => undefined, signal });
  const secrets = await readSecrets(folder.path);
  const port = await freePort();
  const password = secrets.administrator;
  const server = await startPostgres({ folder, logFile: folder.at('logs', 'postgres.log'), port, password, signal });
  try {
    const restore = lap();
    say('comparing schema, rows and digests');
    const differences = await compareCopy({ port, password }, manifest.databases);
    const compared = lap();
    say('checking the laws on the copy');
    const laws = await lawsOfMoment(folder, port, secrets, manifest.takenAt);
    return { differences, laws, seconds: { restore, compare: compared, laws: lap() } };
  } finally {
    await server.stop(STOP_WITHIN_MS);
  }
};

const judgeBeside = async (manifest: BackupManifest, options: VerifyBackupOptions) => {
  const place = await makeShopFolder();
  const data = path.join(place, 'data');
  const folder = await openDataFolder(data);
  try {
    const judged = await judge(folder, manifest, options);
    folder.release();
    const wasUnderWay = judged.laws.some((law) => law.when === 'quiet' && isBroken(law));
    if (!wasUnderWay || judged.differences.length > 0) return { ...judged, wasUnderWay: false };
    options.say('work was under way then: letting a shop on the copy finish it');
    const since = performance.now();
    const laws = await lawsOfShop(folder.path, options);
    const seconds = {
      ...judged.seconds,
      laws: judged.seconds.laws + Math.round((performance.now() - since) / 100) / 10,
    };
    return { ...judged, laws, seconds, wasUnderWay };
  } finally {
    folder.release();
    for (const gone of [place, folderOutside(folder.id)]) await rm(gone, { recursive: true, force: true });
  }
};

/** Verifies a backup; the shop, running or not, notices nothing. Throws {@link BackupRefused} where there is no such backup. */
export const verifyBackup = async (options: VerifyBackupOptions): Promise<VerifyReport> => {
  const manifest = await findBackup(options.backups, options.name);
  const { name: backup, takenAt, databases } = manifest;
  const tables = Object.values(databases).flatMap((database) => Object.values(database.tables));
  const verifiedAt = new Date();
  const about = {
    ...{ backup, takenAt, verifiedAt: verifiedAt.toISOString() },
    ageSeconds: Math.round((verifiedAt.getTime() - Date.parse(takenAt)) / 1000),
    databases: Object.keys(databases).length,
    tables: tables.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
  };
  try {
    const judged = await judgeBeside(manifest, options);
    return { ...about, ...judged, isGood: judged.differences.length === 0 && !judged.laws.some(isBroken) };
  } catch (problem) {
    if (!(problem instanceof BackupRefused)) throw problem;
    const nothing = { seconds: { restore: 0, compare: 0, laws: 0 }, differences: [], wasUnderWay: false, laws: [] };
    return { ...about, ...nothing, isGood: false, problem: problem.message };
  }
};
