/** Brings the peers of the services to what the manifests say: databases with their owners, topics with their dead letters, tables, folders. */
import { chown, mkdir } from 'node:fs/promises';
import { openEventLog } from '../../services/kit/events/open-event-log.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { createLogger } from '../../services/kit/telemetry/logger.ts';
import { type DatabaseSecrets, type DatabaseServer, prepareOwners } from '../local/postgres/databases.ts';
import { createMissingTables, declaredTables, enableStreams } from '../local/tables/declared-tables.ts';

export type Peers = {
  readonly postgres: DatabaseServer;
  readonly secrets: DatabaseSecrets;
  /** URL of the event log. */
  readonly events: string;
  /** URL of a DynamoDB outside AWS. */
  readonly tables: string;
  /** Folders on volumes, made where they are missing and given to the user with this id. */
  readonly folders: readonly string[];
  readonly foldersOwner: number;
};

const createTopics = async (url: string, services: readonly ServiceManifest[]) => {
  const log = await openEventLog({ url, logger: createLogger('prepare', 'warn') });
  try {
    await log.createTopics(Object.assign({}, ...services.map(({ publishes }) => publishes)));
  } finally {
    await log.close();
  }
};

/** Makes what is missing; running it again changes nothing. `say` is told one sentence after each step. */
export const preparePeers = async (
  peers: Peers,
  services: readonly ServiceManifest[],
  say: (sentence: string) => void,
): Promise<void> => {
  for (const folder of peers.folders) {
    await mkdir(folder, { recursive: true });
    await chown(folder, peers.foldersOwner, peers.foldersOwner);
  }
  say(`${peers.folders.length} folders belong to user ${peers.foldersOwner}`);
  await prepareOwners(peers.postgres, peers.secrets, services);
  say(`${services.filter(({ owns }) => owns.database).length} databases are there, each with its owner`);
  await createTopics(peers.events, services);
  say(
    `${services.flatMap(({ publishes }) => Object.keys(publishes)).length} topics are there, each with its dead letters`,
  );
  await createMissingTables(peers.tables, services);
  await enableStreams(peers.tables, services);
  say(`${declaredTables(services).length} tables are there`);
};
