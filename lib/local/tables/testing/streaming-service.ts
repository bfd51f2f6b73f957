import { testManifest } from '../../../../services/kit/testing/manifest.ts';

/** Names of its tables. */
export const streamedTables = Array.from({ length: 12 }, (_, index) => `entries-${index}`);

/** A service whose tables have streams; each test takes one of them. */
export const streamingService = testManifest({
  name: 'streaming',
  kind: 'lambda',
  ports: {},
  owns: {
    tables: Object.fromEntries(
      streamedTables.map((name) => [name, { partitionKey: 'orderId', sortKey: 'sequence', stream: true }] as const),
    ),
  },
});
