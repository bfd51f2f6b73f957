/** One small manifest of every kind, so that tests of the stacks do not move when the shop changes. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { checkServices } from '../manifest-checks/check-services.ts';

const fixture = (differing: Pick<ServiceManifest, 'name' | 'kind'> & Partial<ServiceManifest>): ServiceManifest =>
  testManifest({
    summary: `Stands for every service of kind ${differing.kind}.`,
    ports: {},
    scaling: { min: 2, max: 4, cpuPercent: 65 },
    size: { cpuMillis: 250, memoryMiB: 256 },
    ...differing,
  });

export const fixtureManifests: readonly ServiceManifest[] = checkServices([
  fixture({
    name: 'door',
    kind: 'web',
    ports: { http: 9100 },
    public: true,
    largeBodies: ['/api/loads'],
    cache: true,
    calls: ['stock'],
    callsByGrpc: ['stock'],
    reaches: ['bedrock', 'openai', 'azure-language'],
  }),
  fixture({
    name: 'stock',
    kind: 'web+grpc',
    ports: { http: 9101, grpc: 9151 },
    owns: { database: 'stocks', buckets: { 'stock-photos': { folders: ['photos'] } } },
    reaches: ['stripe'],
    publishes: { 'stock-events': { partitions: 6, retentionDays: 7 } },
    consumes: { 'stock-events': ['stock.sold.v1', 'stock.returned.v1'] },
    configuration: {
      SHELF_KEY: { description: 'Key of the shelves.', kind: 'secret' },
      SUPPLIER: {
        description: 'Who delivers; "nobody" for tests.',
        kind: 'plain',
        default: 'nobody',
        standIns: ['nobody'],
      },
      SUPPLIER_KEY: {
        description: 'Key of the supplier.',
        kind: 'secret',
        standIns: ['trial_'],
        issuedBy: { issuer: 'the supplier', when: { key: 'SUPPLIER', is: 'wholesale' } },
      },
      LOW_STOCK: { description: 'Units below which stock counts as low.', kind: 'plain', default: '5' },
    },
  }),
  fixture({
    name: 'ledger',
    kind: 'lambda',
    owns: { tables: { entries: { partitionKey: 'stockId', sortKey: 'sequence', stream: true, appendOnly: true } } },
    consumes: { 'stock-events': 'all' },
  }),
  fixture({
    name: 'mailer',
    kind: 'lambda',
    owns: { tables: { mails: { partitionKey: 'mailId', expiresAt: 'expiresAt', notes: 'sent-mails' } } },
    follows: ['entries'],
    wakesEveryMinutes: 5,
    hearsMailFeedback: true,
    reaches: ['ses', 'sns', 'bigquery'],
  }),
  fixture({
    name: 'trends',
    kind: 'stream-job',
    publishes: { 'trend-events': { partitions: 3, retentionDays: 3 } },
    consumes: { 'stock-events': 'all' },
  }),
  fixture({ name: 'pages', kind: 'static', ports: { http: 3100 } }),
]);

/** Reads what the others own; beside them, so that a test that is not about it keeps its roles and rights. */
export const observingFixture: ServiceManifest = fixture({
  name: 'desk',
  kind: 'web',
  ports: { http: 9102 },
  observes: { databases: ['stocks'], topics: ['stock-events'], tables: ['entries'] },
});

/** Changes what the others own, when somebody asks it to. */
export const operatingFixture: ServiceManifest = fixture({
  name: 'wrench',
  kind: 'web',
  ports: { http: 9103 },
  observes: { topics: ['stock-events'] },
  operates: { topics: ['stock-events'], sharedCache: true },
  reaches: ['chat'],
});
