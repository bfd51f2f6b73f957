/** Where everything is in the network of the containers, and on which loopback port of the machine it is shown. */
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { PEER_PORTS } from '../local/ports.ts';
import { chatFolderOf } from '../shop/chat-folder.ts';
import { sentMailsFolderOf } from '../shop/sent-mails-folder.ts';
import type { Addresses } from '../variables/service-variables.ts';
import { folderPlace } from '../variables/upload-places.ts';
import { probePort } from '../workloads/ports.ts';
import { cachePassword, databasePassword, secretReference } from './compose-secrets.ts';

// Containers have no warehouse: DuckDB's native code is in no image. `cloudmart warehouse` is for `npm start` and BigQuery.
const { warehouse: _onlyOfNpmStart, ...peerPorts } = PEER_PORTS;

/** Ports on 127.0.0.1; those of services are the ones of their manifests, and what `npm start` has is where it has it. */
export const SHOWN_PORTS = { ...peerPorts, kafka: 8093, valkey: 8094, prometheus: 8095, grafana: 8096, kafkaUi: 8097 };

export const KAFKA_URL = 'kafka://kafka:9092';
export const TABLES_URL = 'http://tables:8000';
export const POSTGRES_SERVER = 'postgres:5432';
/** Folders in containers, each a volume. */
export const FOLDERS = { mails: '/data/mails', buckets: '/data/buckets' } as const;

/** Folder of a bucket. */
export const bucketFolder = (name: string): string => `${FOLDERS.buckets}/${name}`;

/** Where `npx cloudmart compose` writes dashboards, beside compose.yaml. */
export const DASHBOARDS_FOLDER = 'dist/dashboards';

/** Publishes a port to this machine alone: what stands behind some of them knows no passwords. */
export const shown = (port: number, inside = port): string => `127.0.0.1:${port}:${inside}`;

/** The addresses that a service in a container is given. */
export const composeAddresses: Addresses = {
  http: ({ name, ports }) => `http://${name}:${ports.http}`,
  grpc: ({ name, ports }) => `${name}:${ports.grpc}`,
  ports: (service: ServiceManifest) => ({ ...service.ports, ...(runsInCluster(service) && { probe: probePort }) }),
  database: ({ name }, database) =>
    `postgresql://${name}:${secretReference(databasePassword(name))}@${POSTGRES_SERVER}/${database}`,
  events: () => KAFKA_URL,
  cache: ({ name }) => `redis://${name}:${secretReference(cachePassword(name))}@valkey:6379`,
  table: (name) => name,
  bucket: (name, { ports }) => folderPlace(new URL(`file://${bucketFolder(name)}`), `http://127.0.0.1:${ports.http}`),
  site: ({ ports }) => `http://127.0.0.1:${ports.http}`,
  mail: `folder:${FOLDERS.mails}`,
  chat: `folder:${chatFolderOf(FOLDERS.mails)}`,
  sentMails: `folder:${sentMailsFolderOf(FOLDERS.mails)}`,
};
