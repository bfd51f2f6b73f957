import type { ConfigurationDeclaration } from '../configuration-declaration.ts';

/** What the manifest of a service that has to do with the warehouse declares; open-warehouse.ts reads it. */
export const warehouseConfiguration = {
  WAREHOUSE_URL: {
    description:
      'The warehouse: bigquery://<project>/<dataset>; none: for none yet, "cloudmart warehouse backfill" brings in later what was passed over.',
    kind: 'plain',
    default: 'none:',
  },
  GOOGLE_AUDIENCE: {
    description:
      'Provider of the workload identity pool that trusts the role of this service: //iam.googleapis.com/projects/<number>/locations/global/workloadIdentityPools/<pool>/providers/<provider>.',
    kind: 'plain',
  },
  GOOGLE_SERVICE_ACCOUNT: {
    description:
      'Mail address of the service account of Google that the role acts as; without it the pool itself needs the rights.',
    kind: 'plain',
  },
} as const satisfies Readonly<Record<string, ConfigurationDeclaration>>;
