/** How the warehouse of a shop on AWS is: BigQuery's protocol over DuckDB, and those of Lambda and SQS. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startBigQueryPeer } from '../../services/kit/testing/peers/bigquery-peer.ts';
import { entriesOf } from '../../services/warehouse-export/testing/changes.ts';
import { environmentNamed } from '../environments.ts';
import { type FunctionsPeer, startFunctionsPeer, tableMapping } from '../pipelines/testing/functions-peer.ts';
import { backfill } from './backfill.ts';
import { deployedWarehouseStatus } from './deployed-warehouse.ts';
import { shopSchema } from './local-warehouse.ts';
import { GOOGLE_ACCESS_TOKEN, withWarehouse } from './open-shop-warehouse.ts';
import { needsAttention } from './warehouse-status.ts';

const staging = environmentNamed('staging');
const now = () => new Date('2026-03-05T12:00:00Z');

let google: Awaited<ReturnType<typeof startBigQueryPeer>>;
let aws: FunctionsPeer;
let bigquery: { project: string; dataset: string; apiUrl: string };
const before = process.env[GOOGLE_ACCESS_TOKEN];
beforeEach(async () => {
  google = await startBigQueryPeer('token-of-a-person');
  aws = await startFunctionsPeer(now());
  aws.holds.mappings = [tableMapping()];
  process.env[GOOGLE_ACCESS_TOKEN] = 'token-of-a-person';
  bigquery = { project: 'shop-project', dataset: 'shop', apiUrl: google.url };
  async function* ledger() {
    yield entriesOf(1);
  }
  await withWarehouse({ data: '', bigquery }, async (warehouse) => {
    await warehouse.prepare(shopSchema);
    await backfill(warehouse, ledger(), {}, now);
  });
});
afterEach(async () => {
  if (before === undefined) delete process.env[GOOGLE_ACCESS_TOKEN];
  else process.env[GOOGLE_ACCESS_TOKEN] = before;
  await Promise.all([google.stop(), aws.stop()]);
});

test('its rows, its last row, and what its function gave up', async () => {
  const status = await deployedWarehouseStatus(staging, bigquery);
  expect(status).toMatchObject({
    ...{ rows: 4, behind: null, gaps: [], waiting: [], failed: [], givenUp: 1 },
    lastEventAt: expect.stringMatching(/^2026-03-01T10:00:00/),
    lastLoadedAt: expect.stringMatching(/^2026-03-05T12:00:00/),
    freshnessMs: { p50: expect.any(Number) },
    export: { function: 'cloudmart-staging-warehouse-export', isEnabled: true, notes: [] },
  });
  expect(needsAttention(status)).toBe(true);
  expect(aws.asked).toContain('lambda:ListEventSourceMappings cloudmart-staging-warehouse-export');
});

test('says that nothing comes where the mapping is off or missing', async () => {
  aws.holds.mappings = [tableMapping({ State: 'Disabled', StateTransitionReason: 'User initiated' })];
  expect((await deployedWarehouseStatus(staging, bigquery)).export).toMatchObject({
    isEnabled: false,
    notes: ['Lambda has its mapping 0e1f as Disabled (User initiated)'],
  });
  aws.holds.mappings = [];
  expect((await deployedWarehouseStatus(staging, bigquery)).export).toMatchObject({ isEnabled: false });
});

test('an environment that names no warehouse, and an account that refuses, are told in a sentence', async () => {
  await expect(deployedWarehouseStatus(staging, undefined)).rejects.toThrow(
    /^staging has no warehouse: set WAREHOUSE_URL of warehouse-export in lib\/environments.ts/,
  );
  aws.holds.refuses = 'sqs';
  await expect(deployedWarehouseStatus(staging, bigquery)).rejects.toThrow(
    /^what cloudmart-staging-warehouse-export does cannot be told: the AWS credentials may not read from Lambda or SQS/,
  );
});
