import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DeclaredService } from '../../contracts/http/operations/topology-api.ts';
import type { ChatMessage } from '../../kit/chat/chat-sender.ts';
import type { EventLog } from '../../kit/events/event-log.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { testContext } from '../../kit/testing/context.ts';
import { requireDeclaredRefusals } from '../../kit/testing/declared-refusals.ts';
import { testLog } from '../../kit/testing/event-logs/log-fixtures.ts';
import { hangUp, listen } from '../../kit/testing/loopback.ts';
import { testDatabase } from '../../kit/testing/postgres.ts';
import { testTokens } from '../../kit/testing/tokens.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { operationsApp } from '../app.ts';
import { manifest } from '../manifest.ts';

/** A service of a small shop, with what differs from one that has nothing to do with anybody. */
export const aService = (differing: Partial<DeclaredService> & { readonly name: string }): DeclaredService => ({
  kind: 'web',
  runs: 'pods',
  isPublic: false,
  calls: [],
  publishes: [],
  consumes: {},
  follows: [],
  owns: [],
  observes: [],
  operates: [],
  reaches: [],
  freshWithinSeconds: null,
  ...differing,
});

/** What a neighbour answers when it is asked how it is; undefined: nothing, ever. */
export type NeighbourAnswer = { readonly status: number; readonly body: unknown } | undefined;

/** A neighbour that answers with whatever it is told to. */
export const startNeighbour = async () => {
  let answer: NeighbourAnswer;
  const server: Server = createServer((_request, response) => {
    if (answer)
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  const url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    becomes: (next: NeighbourAnswer) => {
      answer = next;
    },
    stop: () => hangUp(server),
  };
};

/** A log of one test file, and what closes it. */
export type LogOfShop = { readonly log: EventLog; readonly url: string; drop(): Promise<void> };

export type OperationsParts = {
  readonly callees?: Readonly<Record<string, { readonly url?: string; readonly grpc?: string }>>;
  /** Default an embedded one of its own. */
  readonly events?: LogOfShop;
  readonly clock?: Clock;
  /** Who is told of incidents; default nobody. */
  readonly mailsTo?: readonly string[];
  /** Whether a chat is told too; default not. */
  readonly hasChat?: boolean;
  /** `postgresql://` URL of the database of the orders; default one that nobody asks. */
  readonly ordersUrl?: string;
  /** Given by tests that ask tables. */
  readonly tableClient?: DynamoDBClient;
  /** Door of a warehouse; default the shop has none. */
  readonly warehouseUrl?: string;
  /** URLs of databases that it observes, by name; default none. */
  readonly observed?: Readonly<Record<string, string>>;
};

const observedConfig = (urls: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(urls).map(([name, url]) => {
      const patient = { acquireTimeoutMs: 60_000, statementTimeoutMs: 60_000 };
      return [name, { url, connections: 2, auth: 'password' as const, ...patient }];
    }),
  );

const storedIn = async <Stored>(folder: string): Promise<Stored[]> =>
  Promise.all(
    (await readdir(folder).catch(() => []))
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))),
  );

/** The service as in production, on a database of its own, in a shop of these services. */
export const startOperations = async (
  platform: readonly DeclaredService[],
  {
    callees = {},
    clock,
    mailsTo = [],
    hasChat = false,
    ordersUrl,
    observed = {},
    warehouseUrl = 'none:',
    ...given
  }: OperationsParts = {},
) => {
  const events = given.events ?? (await testLog());
  const mailFolder = await mkdtemp(join(tmpdir(), 'operations-mails-'));
  const chatFolder = join(mailFolder, 'chat');
  const postgres = await testDatabase(new URL('../storage/migrations/', import.meta.url));
  const tokens = await testTokens();
  const context = testContext(manifest, {
    own: { WAREHOUSE_URL: warehouseUrl, MAIL_FROM: 'operations@shop.example', INCIDENT_MAILS: [...mailsTo] },
    config: {
      database: { url: postgres.url, connections: 4, auth: 'password' },
      events: events.url,
      mail: `folder:${mailFolder}`,
      ...(hasChat && { chat: `folder:${chatFolder}` }),
      platformMap: JSON.stringify(platform),
      callees,
      observed: {
        databases: {
          orders: { url: ordersUrl ?? postgres.url, connections: 2, auth: 'password' },
          ...observedConfig(observed),
        },
        tables: { 'order-events': 'order-events' },
      },
    },
    verifyToken: tokens.verifyToken,
    ...(clock && { clock }),
  });
  const app = await operationsApp(context, { tableClient: given.tableClient });
  for (const { start } of app.background) await start();
  const staffId = systemIds.next('usr');
  const bearer = (roles: readonly ('customer' | 'staff' | 'admin')[]) => tokens.bearer({ userId: staffId, roles });
  const staff = await bearer(['customer', 'staff']);
  return {
    http: app.http,
    /** Mails that were sent, in no order. */
    mails: (): Promise<{ to: string; subject: string; text: string }[]> => storedIn(mailFolder),
    /** What the chat was told, in no order. */
    told: (): Promise<ChatMessage[]> => storedIn(chatFolder),
    chatFolder,
    /** The page that Prometheus scrapes. */
    metrics: async (): Promise<string> => (await context.metrics.page()).text,
    log: events.log,
    database: postgres.database,
    staffId,
    staff,
    /** Answer of a door to a member of staff, parsed. */
    get: async (url: string) => (await app.http.inject({ url, headers: staff })).json(),
    post: async (url: string, payload: object, headers = staff) => {
      const { statusCode, ...answer } = await app.http.inject({ method: 'POST', url, headers, payload });
      return { status: statusCode, body: answer.json() };
    },
    admin: await bearer(['customer', 'staff', 'admin']),
    customer: await bearer(['customer']),
    stop: async () => {
      await requireDeclaredRefusals(context);
      await app.http.close();
      for (const { stop } of app.background) await stop();
      for (const { close } of app.resources) await close();
      await Promise.all([postgres.drop(), events.drop(), rm(mailFolder, { recursive: true })]);
    },
  };
};
