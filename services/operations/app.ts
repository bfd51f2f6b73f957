import { operationsDoors } from '../contracts/http/operations/operations-doors.ts';
import { platformMapSchema } from '../contracts/http/operations/topology-api.ts';
import { warehouseTables } from '../contracts/warehouse/order-rows.ts';
import { openChatSender } from '../kit/chat/open-chat-sender.ts';
import type { ServiceContext } from '../kit/context.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { createTableClient } from '../kit/functions/table-client.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { createJobs } from '../kit/jobs/jobs.ts';
import { openMailSender } from '../kit/mail/open-mail-sender.ts';
import { openDatabase } from '../kit/start/open-owned.ts';
import { required } from '../kit/start/required.ts';
import { openWarehouse } from '../kit/warehouse/open-warehouse.ts';
import { openSharedCache } from './cache/shared-cache.ts';
import { createHealthClient } from './clients/health-client.ts';
import { createTableFollowers } from './clients/table-followers.ts';
import type { OperationsConfig } from './config.ts';
import { replayDeadLetters } from './dead-letters/replay-dead-letters.ts';
import { repairSequences } from './event-sequences/repair-sequences.ts';
import { actsHandlers } from './http/acts-handlers.ts';
import { analyticsHandlers } from './http/analytics-handlers.ts';
import { cacheHandlers } from './http/cache-handlers.ts';
import { consumersHandlers } from './http/consumers-handlers.ts';
import { databasesHandlers } from './http/databases-handlers.ts';
import { deadLettersHandlers } from './http/dead-letters-handlers.ts';
import { eventSequencesHandlers } from './http/event-sequences-handlers.ts';
import { incidentsHandlers } from './http/incidents-handlers.ts';
import { lawsHandlers } from './http/laws-handlers.ts';
import { pipelinesHandlers } from './http/pipelines-handlers.ts';
import { type TopologyEffects, topologyHandlers } from './http/topology-handlers.ts';
import { judgeSeverity, neededToBuy } from './incidents/judge-severity.ts';
import { createMailContacts } from './incidents/mail-contacts.ts';
import { createChatChannel } from './incidents/notice-channel.ts';
import { tellOfIncidents } from './incidents/tell-of-incidents.ts';
import { tellOfWindows } from './incidents/tell-of-windows.ts';
import { lookAtPipelines } from './pipelines/look-at-pipelines.ts';
import { createActRepository } from './storage/act-repository.ts';
import { createDeadLetterRepository } from './storage/dead-letter-repository.ts';
import { createIncidentRepository } from './storage/incident-repository.ts';
import { createLawCheckRepository } from './storage/law-check-repository.ts';
import { openObservedDatabases } from './storage/observed-databases.ts';
import { createObservedLedger } from './storage/observed-ledger.ts';
import { createOrderHistory } from './storage/order-history.ts';
import { registerWindowGauge } from './storage/window-gauge.ts';
import { createWindowRepository } from './storage/window-repository.ts';
import { askHealth } from './topology/ask-health.ts';
import { countReplicas } from './topology/count-replicas.ts';

/** Somebody waits for the answer, so a table that is away is given up soon. */
const tableTries = 3;

export type OperationsParts = {
  /** Given by tests; default the client of the SDK's own environment. */
  readonly tableClient?: ReturnType<typeof createTableClient> | undefined;
};

/** Wires the service: what main.ts runs and what the tests run. */
export const operationsApp = async (context: ServiceContext<OperationsConfig>, parts: OperationsParts = {}) => {
  const { manifest, config, clock, health, functions, ids, logger, metrics } = context;
  const database = await openDatabase(context);
  const log = await openEventLog({ url: required(context, 'EVENTS_URL', config.events), logger, metrics });
  health.add('events', { critical: false, check: () => log.check() });
  const platform = platformMapSchema.parse(JSON.parse(required(context, 'PLATFORM_MAP', config.platformMap)));
  const healthClient = createHealthClient();
  functions.register({ askHealth, replayDeadLetters, repairSequences });

  const acts = createActRepository({ sql: database, clock });
  const acting = { acts, ids };
  const letters = createDeadLetterRepository({ database, clock });
  const followers = createTableFollowers();
  const observed = openObservedDatabases(context);
  const tables = parts.tableClient ?? createTableClient(tableTries);
  const orders = createOrderHistory(required(context, 'OBSERVED_DATABASE_ORDERS', observed['orders']));
  const entries = required(context, 'OBSERVED_TABLE_ORDER_EVENTS', config.observed?.tables['order-events']);
  const ledger = createObservedLedger({ table: entries, client: tables });
  const databases = new Map(Object.entries(observed));
  const cache = openSharedCache(required(context, 'CACHE_URL', config.cache), { logger });
  const warehouse = openWarehouse(config.own, warehouseTables);
  const topics = platform.flatMap(({ publishes }) => publishes);
  const services = platform.map(({ name }) => name);

  const jobs = createJobs({ database, logger, metrics });
  const incidents = createIncidentRepository({ database, clock });
  const mail = createMailContacts({
    sender: await openMailSender(required(context, 'MAIL_URL', config.mail)),
    from: config.own.MAIL_FROM,
    to: config.own.INCIDENT_MAILS,
    logger,
  });
  const windows = createWindowRepository({ database, clock });
  const chat = config.chat === undefined ? [] : [createChatChannel(await openChatSender(config.chat))];
  const told = { jobs, channels: [mail, ...chat], clock };
  const telling = { incidents: tellOfIncidents({ ...told, incidents }), windows: tellOfWindows({ ...told, windows }) };
  registerWindowGauge({ windows, metrics, logger, services });
  await jobs.prepare();

  const asking: TopologyEffects = {
    platform,
    clock,
    self: manifest.name,
    ask: (name) => {
      const url = config.callees[name]?.url;
      return url === undefined ? undefined : healthClient.ask(url);
    },
    ownHealth: async () => ({
      ...(await health.report()),
      uptimeSeconds: Math.floor(process.uptime()),
      memoryMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    }),
    replicasOf: async (name) => {
      const address = config.callees[name]?.grpc;
      return address === undefined ? null : countReplicas(address);
    },
  };
  const flow = { log, platform, letters, clock, followerOf: followers.look };
  const needed = neededToBuy(platform);
  const judge = async () => {
    const [health, pipelines] = await Promise.all([askHealth(asking), lookAtPipelines(flow).catch(() => null)]);
    return judgeSeverity({ services: health, pipelines }, needed);
  };

  const http = await createHttpServer({ context });
  addDoors(http, operationsDoors, {
    ...topologyHandlers(asking),
    ...actsHandlers(acts),
    ...analyticsHandlers({ log, clock, warehouse }),
    ...consumersHandlers({ ...acting, log, platform }),
    ...databasesHandlers({ ...acting, databases }),
    ...cacheHandlers({ ...acting, cache }),
    ...deadLettersHandlers({ ...acting, log, topics, letters, platform }),
    ...eventSequencesHandlers({ ...acting, clock, log, topics, orders, ledger }),
    ...incidentsHandlers({ ...acting, clock, incidents, telling, judge, windows, services }),
    ...lawsHandlers({
      ...acting,
      databases,
      clock,
      logger,
      checks: createLawCheckRepository({ sql: database, clock }),
    }),
    ...pipelinesHandlers(flow),
  });

  return {
    http,
    background: [{ name: 'jobs', start: () => jobs.start(), stop: () => jobs.stop() }],
    resources: [
      { name: 'warehouse', close: async () => warehouse?.close() },
      { name: 'cache', close: () => cache?.close() },
      { name: 'tables', close: async () => tables.destroy() },
      { name: 'followers', close: () => followers.close() },
      { name: 'health', close: () => healthClient.close() },
      { name: 'events', close: () => log.close() },
      ...Object.entries(observed).map(([name, each]) => ({ name, close: () => each.close() })),
      { name: 'database', close: () => database.close() },
    ],
  };
};
