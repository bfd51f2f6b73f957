import { defineService } from '../kit/manifest.ts';

export const manifest = defineService({
  name: 'warehouse-export',
  kind: 'lambda',
  summary: 'Brings each event of the ledger into the warehouse as one row, once in effect, within about a second.',
  ports: {},
  owns: {},
  publishes: {},
  consumes: {},
  follows: ['order-events'],
  freshWithinSeconds: 60,
  calls: [],
  reaches: ['bigquery'],
  criticalFunctions: [{ file: 'handler.ts', name: 'handler' }],
  configuration: {
    WAREHOUSE_URL: {
      description:
        'The warehouse: bigquery://<project>/<dataset>; none: for none yet, "cloudmart warehouse backfill" brings in later what was passed over.',
      kind: 'plain',
      default: 'none:',
    },
    GOOGLE_AUDIENCE: {
      description:
        'Provider of the workload identity pool that trusts the role of this function: //iam.googleapis.com/projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>.',
      kind: 'plain',
    },
    GOOGLE_SERVICE_ACCOUNT: {
      description:
        'Mail address of the service account of Google that the role acts as; without it the pool itself needs the rights.',
      kind: 'plain',
    },
  },
  scaling: { min: 0, max: 4, cpuPercent: 100 },
  size: { cpuMillis: 250, memoryMiB: 256 },
});
