import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hangUp, listen } from '../testing/loopback.ts';
import { openDuckDbWarehouse } from './duckdb-warehouse.ts';
import { describeWarehouse } from './warehouse.conformance.ts';
import { WarehouseAway } from './warehouse.ts';
import { createWarehouseDoor, openWarehouseDoor } from './warehouse-door.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'warehouse-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('in a file', () => {
  describeWarehouse(() => openDuckDbWarehouse(path.join(folder, 'own.duckdb')));
});

describe('behind its door', () => {
  describeWarehouse(async () => {
    const held = await openDuckDbWarehouse(path.join(folder, 'door.duckdb'));
    const server = createWarehouseDoor(held);
    const port = await listen(server);
    const asked = openWarehouseDoor(`http://127.0.0.1:${port}`);
    return {
      ...asked,
      close: async () => {
        await hangUp(server);
        await held.close();
      },
    };
  });

  test('answers no web page', async () => {
    const held = await openDuckDbWarehouse(path.join(folder, 'page.duckdb'));
    const server = createWarehouseDoor(held);
    const port = await listen(server);
    const answer = await fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: JSON.stringify({ ask: 'query', sql: 'SELECT 1 AS one' }),
    });
    expect(answer.status).toBe(403);
    await hangUp(server);
    await held.close();
  });

  test('that is closed is a warehouse that is away', async () => {
    await expect(openWarehouseDoor('http://127.0.0.1:4').query('SELECT 1 AS one')).rejects.toBeInstanceOf(
      WarehouseAway,
    );
  });
});

test('a question reaches no file of the machine', async () => {
  const warehouse = await openDuckDbWarehouse(path.join(folder, 'closed.duckdb'));
  for (const sql of ["SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd.csv'"])
    await expect(warehouse.query(sql)).rejects.toThrow();
  await warehouse.close();
});
