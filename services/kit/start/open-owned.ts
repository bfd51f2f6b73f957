import type { ServiceContext } from '../context.ts';
import type { Consumer } from '../events/consumer.ts';
import type { EventLog } from '../events/event-log.ts';
import { openEventLog } from '../events/open-event-log.ts';
import { createRelay } from '../events/relay.ts';
import { createJobs, type Jobs } from '../jobs/jobs.ts';
import { createDatabase, type Database, type DatabaseOptions } from '../storage/database.ts';
import { migrate } from '../storage/migrate.ts';
import { required } from './required.ts';
import type { Background, RunningService } from './running-service.ts';

type OwnerContext = ServiceContext<unknown>;

/** What differs from the pool that the configuration describes. */
export type PoolOptions = Partial<Pick<DatabaseOptions, 'acquireTimeoutMs' | 'connections' | 'poolName'>>;

/** A pool of connections to the service's own database; most services need the one of `openOwned` only. */
export const openPool = (context: OwnerContext, options: PoolOptions = {}): Database => {
  const { config, logger, metrics } = context;
  return createDatabase({ ...required(context, 'DATABASE_URL', config.database), ...options, logger, metrics });
};

/** The service's own database, migrated, in its health. */
export const openDatabase = async (context: OwnerContext, options: PoolOptions = {}): Promise<Database> => {
  const { health, migrations } = context;
  const database = openPool(context, options);
  health.add('database', { critical: true, check: () => database.check() });
  await migrate(database, migrations.own, {
    kitFolder: migrations.kit,
    takesLong: () => {
      if (health.phase === 'starting') health.enter('migrating');
    },
  });
  return database;
};

/** What a service adds to the parts that every owner of a database has. */
export type OwnParts = Omit<RunningService, 'resources'> & {
  readonly consumer?: Consumer;
  /** Work that queues jobs and writes events: begins before those who take them, and ends before they do. */
  readonly work?: readonly Background[];
  /** Closed after the doors and before the database; lists close in the order in which they are written. */
  readonly resources?: RunningService['resources'];
};

type OwnedLists = Required<Pick<RunningService, 'background' | 'resources'>>;

/** The parts of a service that owns a database and publishes from it. */
export type Owned = {
  readonly database: Database;
  readonly log: EventLog;
  readonly jobs: Jobs;
  /**
   * Creates the declared queues and returns all parts in the order in which they must start and stop: topics, consumer, own work,
   * jobs, relay and what `own` adds; then own resources, the log and last the database.
   */
  running<Own extends OwnParts>(own: Own): Promise<Omit<Own, 'consumer' | 'work' | keyof OwnedLists> & OwnedLists>;
};

/** Opens database, event log, jobs and relay, each in the service's health, so that no service can forget one of them. */
export const openOwned = async (context: OwnerContext, options: PoolOptions = {}): Promise<Owned> => {
  const { manifest, config, logger, metrics, health, clock } = context;
  const database = await openDatabase(context, options);
  const url = required(context, 'EVENTS_URL', config.events);
  const log = await openEventLog({ url, logger, metrics, idleMs: config.database?.idleMs });
  health.add('events', { critical: false, check: () => log.check() });
  const jobs = createJobs({ database, logger, metrics });
  const relay = createRelay({ database, log, clock, logger, metrics, owner: manifest.name });

  return {
    database,
    log,
    jobs,
    running: async ({ consumer, work = [], background = [], resources = [], ...doors }) => {
      await jobs.prepare();
      return {
        ...doors,
        background: [
          { name: 'topics', start: () => log.createTopics(manifest.publishes), stop: () => undefined },
          ...(consumer ? [consumer] : []),
          ...work,
          { name: 'jobs', start: () => jobs.start(), stop: () => jobs.stop() },
          { name: 'relay', start: () => relay.start(), stop: () => relay.stop() },
          ...background,
        ],
        resources: [
          ...resources,
          { name: 'events', close: () => log.close() },
          { name: 'database', close: () => database.close() },
        ],
      };
    },
  };
};
