import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, GetItemCommand, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testManifest } from '../../../services/kit/testing/manifest.ts';
import { services } from '../../services.ts';
import { startTables, type Tables } from './tables.ts';

/** A table of these tests, for a shop may do without those that it has. */
const stamper = testManifest({
  name: 'stamper',
  kind: 'lambda',
  ports: {},
  owns: { tables: { stamps: { partitionKey: 'stampId' } } },
});

let folder: string;
let running: Tables | undefined;

const start = async () => {
  running = await startTables(folder, 0, [...services, stamper]);
  return running;
};
const clientOf = ({ port }: Tables) =>
  new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tables-'));
  running = undefined;
});
afterEach(async () => {
  await running?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the embedded tables', () => {
  it('are those that the manifests declare, and keep their items over a restart', async () => {
    const first = await start();
    const client = clientOf(first);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([...first.names].sort());
    await client.send(
      new PutItemCommand({ TableName: 'stamps', Item: { stampId: { S: 's1' }, state: { S: 'sent' } } }),
    );
    client.destroy();
    await first.close();

    const again = clientOf(await start());
    const { Item } = await again.send(new GetItemCommand({ TableName: 'stamps', Key: { stampId: { S: 's1' } } }));
    again.destroy();
    expect(Item?.['state']).toEqual({ S: 'sent' });
  });

  it.each([
    ['of the internet', { origin: 'https://evil.example' }],
    ['whose name was made to point here', { host: 'evil.example' }],
  ])('answer no web page %s', async (_, headers) => {
    const { port } = await start();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const target = 'DynamoDB_20120810.ListTables';
      request({ port, host: '127.0.0.1', method: 'POST', headers: { 'x-amz-target': target, ...headers } }, resolve)
        .on('error', reject)
        .end('{}');
    });
    expect(answer.statusCode).toBe(403);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    answer.resume();
  });

  it('that are damaged are refused with what to do', async () => {
    await (await start()).close();
    running = undefined;
    for (const name of await readdir(folder))
      if (name.startsWith('MANIFEST') || name === 'CURRENT') await writeFile(path.join(folder, name), 'not a table');
    await expect(start()).rejects.toEqual(
      expect.objectContaining({
        code: 'data.corrupt',
        message: expect.stringMatching(
          /^the tables in .* cannot be opened .*restore them from a backup, or move the data folder away/,
        ),
      }),
    );
  });
});
