import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { hangUp, listen } from '../../kit/testing/loopback.ts';
import { createFolderMailSender } from '../clients/folder-mail-sender.ts';
import { createSentLog } from '../storage/sent-log.ts';

/** The table of sent messages on an embedded DynamoDB, a mailbox in a folder, and a clock that stands still. */
export const startSentTable = async () => {
  const server = dynalite({ createTableMs: 0 });
  const port = await listen(server);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'notifications',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'notificationId', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'notificationId', AttributeType: 'S' }],
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'mails-'));
  const clock = fakeClock();
  return {
    endpoint,
    clock,
    sentLog: createSentLog({ table: 'notifications', clock, client }),
    sender: createFolderMailSender(folder),
    /** Ids of the messages in the mailbox. */
    mailbox: async (): Promise<string[]> => {
      const names = await readdir(folder);
      const mails = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
      return mails.map((mail) => (JSON.parse(mail) as { notificationId: string }).notificationId);
    },
    stop: async () => {
      client.destroy();
      await hangUp(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
};
