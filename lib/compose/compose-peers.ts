/** What the services need beside them, each from its makers' image, pinned by version and by the digest of all its platforms. */
import { cacheServerUsers } from '../../services/kit/cache-rights.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { STATEMENT_COUNT_SETTINGS } from '../databases/count-statements.ts';
import { ADMINISTRATOR } from '../local/postgres/postgres-cluster.ts';
import { boundedContainer, type ComposeContainer, healthyWhen } from './compose-container.ts';
import { DASHBOARDS_FOLDER, SHOWN_PORTS, shown } from './compose-places.ts';
import { cachePassword, peerSecrets, secretReference } from './compose-secrets.ts';

const IMAGES = {
  postgres: 'postgres:18.4@sha256:3a82e1f56c8f0f5616a11103ac3d47e632c3938698946a7ad26da0df1334744a',
  kafka: 'apache/kafka:4.3.1@sha256:77e3df9054047a88b520d0cc46e16696d3b22022e1d580aeccd2632df6532837',
  valkey: 'valkey/valkey:9.1.0@sha256:8e8d64b405ce18f41b8e5ee20aa4687a8ed0022d1298f2ce31cdcf3a76e09411',
  tables: 'amazon/dynamodb-local:3.1.0@sha256:7ef4a2c45b58c2901e70a4f28e0953a422c2c631baaaf5e2c15e0805740c7752',
  prometheus: 'prom/prometheus:v3.5.0@sha256:63805ebb8d2b3920190daf1cb14a60871b16fd38bed42b857a3182bc621f4996',
  grafana: 'grafana/grafana:12.4.0@sha256:b0ae311af06228bcfd4a620504b653db80f5b91e94dc3dc2a5b7dab202bcde20',
  kafkaUi: 'ghcr.io/kafbat/kafka-ui:v1.5.0@sha256:7cda86a33344160309fdb65146332e4da65db81a945614f2fe32e210803f6fd1',
} as const;

/** Identity of the one broker's cluster, 16 bytes as Kafka writes them; its volume belongs to it. */
const KAFKA_CLUSTER = Buffer.from('cloudmart-compos').toString('base64url');

const lasting = { ...boundedContainer, restart: 'unless-stopped' } as const;

const postgres: ComposeContainer = {
  image: IMAGES.postgres,
  command: [
    'postgres',
    ...Object.entries(STATEMENT_COUNT_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ],
  environment: {
    POSTGRES_USER: ADMINISTRATOR,
    POSTGRES_PASSWORD: secretReference(peerSecrets.postgres),
    POSTGRES_DB: 'postgres',
    POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale=C --data-checksums --auth-host=scram-sha-256',
  },
  ports: [shown(SHOWN_PORTS.postgres, 5432)],
  // From 18 on the image keeps each major version in a folder of its own below this one.
  volumes: ['postgres:/var/lib/postgresql'],
  // By address: while the image makes a new cluster, its server answers on the socket alone.
  healthcheck: healthyWhen('CMD', 'pg_isready', '--host=127.0.0.1', `--username=${ADMINISTRATOR}`, '--dbname=postgres'),
  mem_limit: '512m',
  // A clean shut-down writes everything out first.
  stop_grace_period: '60s',
  ...lasting,
};

const kafka: ComposeContainer = {
  image: IMAGES.kafka,
  environment: {
    CLUSTER_ID: KAFKA_CLUSTER,
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'INSIDE://:9092,CONTROLLER://:9093,MACHINE://:9094',
    KAFKA_ADVERTISED_LISTENERS: `INSIDE://kafka:9092,MACHINE://127.0.0.1:${SHOWN_PORTS.kafka}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT,MACHINE:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@kafka:9093',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    // A misspelt name must be an error, never a topic.
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m',
  },
  ports: [shown(SHOWN_PORTS.kafka, 9094)],
  volumes: ['kafka:/var/lib/kafka/data'],
  healthcheck: {
    // Asks the broker, and not its port: that is open before the log is loaded. The asking is a second Java, so it is kept small.
    test: [
      'CMD-SHELL',
      'KAFKA_HEAP_OPTS=-Xmx64m /opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server 127.0.0.1:9092 > /dev/null',
    ],
    interval: '15s',
    timeout: '14s',
    start_period: '90s',
    retries: 4,
  },
  mem_limit: '1g',
  stop_grace_period: '60s',
  ...lasting,
};

const valkey = (services: readonly ServiceManifest[]): ComposeContainer => ({
  image: IMAGES.valkey,
  command: [
    ...['valkey-server', '--save', '', '--appendonly', 'no', '--maxmemory', '128mb'],
    // As ElastiCache is set up: what is in it may go at any time, and each service is its own user.
    ...['--maxmemory-policy', 'allkeys-lru'],
    ...cacheServerUsers(services, (service) => secretReference(cachePassword(service))),
  ],
  ports: [shown(SHOWN_PORTS.valkey, 6379)],
  // Nobody gets in without a name, so a server that works refuses the nameless.
  healthcheck: healthyWhen('CMD-SHELL', 'valkey-cli ping 2>&1 | grep -q NOAUTH'),
  mem_limit: '256m',
  ...lasting,
});

const tables: ComposeContainer = {
  image: IMAGES.tables,
  command: ['-Xmx256m', '-jar', 'DynamoDBLocal.jar', '-sharedDb', '-dbPath', './data'],
  // The image has no such folder, so the new volume belongs to root; without capabilities root is no more than its owner.
  user: '0:0',
  cap_drop: ['ALL'],
  environment: { DDB_LOCAL_TELEMETRY: '0' },
  ports: [shown(SHOWN_PORTS.tables, 8000)],
  volumes: ['tables:/home/dynamodblocal/data'],
  healthcheck: healthyWhen('CMD', 'bash', '-c', 'exec 3<> /dev/tcp/127.0.0.1/8000'),
  mem_limit: '512m',
  ...lasting,
};

const prometheus: ComposeContainer = {
  image: IMAGES.prometheus,
  command: [
    '--config.file=/etc/prometheus/prometheus.yaml',
    '--storage.tsdb.path=/prometheus',
    '--storage.tsdb.retention.time=15d',
    '--storage.tsdb.retention.size=2GB',
  ],
  ports: [shown(SHOWN_PORTS.prometheus, 9090)],
  volumes: [
    './compose/prometheus.yaml:/etc/prometheus/prometheus.yaml:ro',
    './compose/alerts.yaml:/etc/prometheus/alerts.yaml:ro',
    'prometheus:/prometheus',
  ],
  healthcheck: healthyWhen('CMD', 'wget', '--quiet', '--output-document=-', 'http://127.0.0.1:9090/-/ready'),
  cap_drop: ['ALL'],
  mem_limit: '512m',
  ...lasting,
};

const grafana: ComposeContainer = {
  image: IMAGES.grafana,
  environment: {
    GF_SECURITY_ADMIN_PASSWORD: secretReference(peerSecrets.grafana),
    GF_USERS_ALLOW_SIGN_UP: 'false',
    GF_ANALYTICS_REPORTING_ENABLED: 'false',
    GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
    GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: '/etc/cloudmart/dashboards/shop.json',
  },
  ports: [shown(SHOWN_PORTS.grafana, 3000)],
  volumes: [
    './compose/grafana/provisioning:/etc/grafana/provisioning:ro',
    `./${DASHBOARDS_FOLDER}:/etc/cloudmart/dashboards:ro`,
    'grafana:/var/lib/grafana',
  ],
  healthcheck: healthyWhen('CMD-SHELL', 'wget -q -O - http://127.0.0.1:3000/api/health > /dev/null'),
  depends_on: { prometheus: { condition: 'service_healthy' } },
  cap_drop: ['ALL'],
  mem_limit: '512m',
  ...lasting,
};

const kafkaUi: ComposeContainer = {
  image: IMAGES.kafkaUi,
  environment: {
    KAFKA_CLUSTERS_0_NAME: 'shop',
    KAFKA_CLUSTERS_0_BOOTSTRAPSERVERS: 'kafka:9092',
    // The page asks nobody who he is: it shows, and changes nothing.
    KAFKA_CLUSTERS_0_READONLY: 'true',
    JAVA_OPTS: '-Xmx384m',
  },
  ports: [shown(SHOWN_PORTS.kafkaUi, 8080)],
  healthcheck: healthyWhen('CMD-SHELL', 'wget -q -O - http://127.0.0.1:8080/actuator/health > /dev/null'),
  depends_on: { kafka: { condition: 'service_healthy' } },
  cap_drop: ['ALL'],
  mem_limit: '768m',
  ...lasting,
};

/** Containers of the peers of these services, by the name under which the others find them. */
export const peersOf = (services: readonly ServiceManifest[]): Readonly<Record<string, ComposeContainer>> => ({
  postgres,
  kafka,
  valkey: valkey(services),
  tables,
  prometheus,
  grafana,
  'kafka-ui': kafkaUi,
});

/** Volumes that outlive the containers of the peers. */
export const peerVolumes = ['postgres', 'kafka', 'tables', 'prometheus', 'grafana'] as const;
