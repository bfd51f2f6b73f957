import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startBigQueryPeer } from '../testing/peers/bigquery-peer.ts';
import { openBigQueryWarehouse } from './bigquery-warehouse.ts';
import { describeWarehouse } from './warehouse.conformance.ts';
import { WarehouseAway } from './warehouse.ts';

type Peer = Awaited<ReturnType<typeof startBigQueryPeer>>;
let peer: Peer;
beforeAll(async () => {
  peer = await startBigQueryPeer('token-1');
});
afterAll(() => peer?.stop());

const open = (token = 'token-1') =>
  openBigQueryWarehouse({
    ...{ project: 'shop-project', dataset: 'shop', apiUrl: peer.url, keyOf: () => 'sale_id', now: () => new Date() },
    accessToken: async () => token,
  });

describe('in BigQuery', () => {
  describeWarehouse(async () => open());

  test('names each row to BigQuery by its key', () => {
    expect(peer.insertIds).toContain('sale_1');
  });

  test.each([429, 500, 503])('that answers %i is away, and nothing else', async (status) => {
    peer.refuse(status);
    await expect(open().append('sales', [{ sale_id: 'sale_90' }])).rejects.toBeInstanceOf(WarehouseAway);
    peer.refuse(undefined);
  });

  test('that lets nobody in says so', async () => {
    await expect(open('token-2').query('SELECT 1 AS one')).rejects.toThrow('BigQuery refused: no token');
  });
});
