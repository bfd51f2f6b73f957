/** The peers of a platform without its services, on a data folder: databases `orders` and `events`, tables, a mail and the secrets. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../services/kit/testing/loopback.ts';
import { testManifest } from '../../../services/kit/testing/manifest.ts';
import { openDataFolder } from '../../local/data-folder.ts';
import { startPostgres } from '../../local/postgres/postgres.ts';
import { type LocalState, writeState } from '../../local/state.ts';
import { startTables } from '../../local/tables/tables.ts';
import { type ClusterDoor, inDatabase } from '../open-cluster.ts';

export const ledgerService = testManifest({
  name: 'ledger',
  kind: 'lambda',
  ports: {},
  owns: { tables: { entries: { partitionKey: 'id', stream: true } } },
});

export type SmallShop = {
  readonly place: string;
  readonly dataFolder: string;
  readonly door: ClusterDoor;
  readonly tablesUrl: string;
  /** Ends it as a stop does; its data stay. */
  stop(): Promise<void>;
  /** Ends it and deletes everything. */
  remove(): Promise<void>;
};

const SECRETS = { administrator: 'secret', calls: {}, roles: {}, configuration: {} };

/** Each database has one table, `orders.placed` and `events.published`, as a shop without customers. */
export const startSmallShop = async (): Promise<SmallShop> => {
  const place = await mkdtemp(path.join(tmpdir(), 'cloudmart-backups-'));
  // As root PostgreSQL runs as somebody else, who has to get there.
  await chmod(place, 0o711);
  const folder = await openDataFolder(path.join(place, 'data'));
  const [port, tablesPort] = [await freePort(), await freePort()];
  for (const name of ['tables', 'mail', 'buckets', 'logs']) await mkdir(folder.at(name));
  await writeFile(folder.at('secrets.json'), JSON.stringify(SECRETS), { mode: 0o600 });
  await writeFile(folder.at('mail', 'ord_1.order-confirmed.json'), '{}');
  const door = { port, password: SECRETS.administrator };
  const server = await startPostgres({ folder, logFile: folder.at('logs', 'postgres.log'), ...door });
  const tables = await startTables(folder.at('tables'), tablesPort, [ledgerService]);
  await inDatabase(door, 'postgres', async (client) => {
    await client.query('CREATE DATABASE orders');
    await client.query('CREATE DATABASE events');
  });
  await inDatabase(door, 'orders', (client) =>
    client.query('CREATE TABLE placed (id int PRIMARY KEY, note text NOT NULL)'),
  );
  await inDatabase(door, 'events', (client) =>
    client.query('CREATE TABLE published (id int PRIMARY KEY, note text NOT NULL)'),
  );
  await writeState({
    ...{ pid: process.pid, dataFolder: folder.path, startedWith: {} },
    postgres: { port, cluster: server.cluster },
  } as LocalState);
  const stop = async () => {
    await tables.close();
    await server.stop(5_000);
    folder.release();
  };
  let stopping: Promise<void> | undefined;
  const stopOnce = () => {
    stopping ??= stop();
    return stopping;
  };
  return {
    ...{ place, dataFolder: folder.path, door, tablesUrl: `http://127.0.0.1:${tablesPort}`, stop: stopOnce },
    remove: async () => {
      await stopOnce();
      await rm(place, { recursive: true, force: true });
    },
  };
};
