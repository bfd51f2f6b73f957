import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import type { SentMail } from '../../contracts/mails/sent-mail.ts';
import type { Config } from '../../kit/config/config.ts';
import { createFolderMailSender } from '../../kit/mail/folder-mail-sender.ts';
import { fakeClock } from '../../kit/testing/fake-clock.ts';
import { freePort, hangUp, listen } from '../../kit/testing/loopback.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { openMailTopic } from '../clients/open-mail-topic.ts';
import type { NotificationConfig } from '../config.ts';
import { createPostponedMails } from '../storage/postponed-mails.ts';
import { createRecipientLog } from '../storage/recipient-log.ts';
import { createSentLog } from '../storage/sent-log.ts';

/** What the user service knows too. */
export const mailSealSecret = 'the secret of the user service in tests';

/** As the service reads it, with a limit that no test meets by chance. */
export const testConfig = {
  own: {
    MAIL_FROM: 'CloudMart <orders@example.com>',
    PAID_MAILS_PER_HOUR: 60,
    MAIL_SEAL_SECRET: { secret: mailSealSecret },
  },
  tables: {},
} as Config<NotificationConfig>;

const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' as const });

const tableClient = (endpoint: string) =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });

const logsOver = (client: DynamoDBClient, clock: Clock) => ({
  sentLog: createSentLog({ table: 'notifications', clock, client }),
  postponedMails: createPostponedMails({ table: 'postponed-mails', client }),
  recipients: createRecipientLog({ table: 'notifications', clock, client }),
});

/** What the function keeps in the tables of an endpoint. */
export const logsAt = (endpoint: string, clock: Clock) => logsOver(tableClient(endpoint), clock);

/** The same tables at an address where nobody answers. */
export const absentTables = async (clock: Clock) => logsAt(`http://127.0.0.1:${await freePort()}`, clock);

const storedIn = async <T>(folder: string): Promise<T[]> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as T));
};

/** The service's tables on an embedded DynamoDB, a mailbox in a folder, and a clock that stands still. */
export const startMailTables = async (start?: Date) => {
  const server = dynalite({ createTableMs: 0 });
  const port = await listen(server);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = tableClient(endpoint);
  await client.send(
    new CreateTableCommand({
      TableName: 'notifications',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [hash('notificationId')],
      AttributeDefinitions: [text('notificationId')],
    }),
  );
  await client.send(
    new CreateTableCommand({
      TableName: 'postponed-mails',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [hash('queue'), { AttributeName: 'due', KeyType: 'RANGE' }],
      AttributeDefinitions: [text('queue'), text('due')],
    }),
  );
  const folder = await mkdtemp(join(tmpdir(), 'mails-'));
  const clock = fakeClock(start);
  return {
    endpoint,
    folder,
    clock,
    ...logsOver(client, clock),
    sender: createFolderMailSender(folder),
    topic: await openMailTopic(`folder:${join(folder, 'told')}`),
    /** What the topic of sent mails was told, in no order. */
    told: (): Promise<SentMail[]> => storedIn(join(folder, 'told')),
    /** Ids of the messages in the mailbox. */
    mailbox: async (): Promise<string[]> =>
      (await storedIn<{ notificationId: string }>(folder)).map(({ notificationId }) => notificationId),
    /** All items of the table of messages. */
    records: async () =>
      (await DynamoDBDocumentClient.from(client).send(new ScanCommand({ TableName: 'notifications' }))).Items ?? [],
    /** What became of a message. */
    recordOf: async (notificationId: string) =>
      (
        await DynamoDBDocumentClient.from(client).send(
          new GetCommand({ TableName: 'notifications', Key: { notificationId } }),
        )
      ).Item,
    stop: async () => {
      client.destroy();
      await hangUp(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export type MailTables = Awaited<ReturnType<typeof startMailTables>>;
