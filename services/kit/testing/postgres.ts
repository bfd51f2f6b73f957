import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { createDatabase, type Database, type DatabaseOptions } from '../storage/database.ts';
import { migrate } from '../storage/migrate.ts';
import { readMigrations } from '../storage/migration-files.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { clusterUrl } from './embedded-cluster.ts';

export type TestDatabase = {
  readonly url: string;
  readonly database: Database;
  /** A further pool on the same database, closed with it. */
  open(options?: Partial<DatabaseOptions>): Database;
  /** Cuts every connection and refuses new ones until the returned function is called. */
  refuseConnections(): Promise<() => Promise<void>>;
  /** Closes the pools and drops the database. */
  drop(): Promise<void>;
};

export type TestDatabaseOptions = Partial<Omit<DatabaseOptions, 'url'>>;

const silent: Logger = createLogger('test', 'silent');

const asSuperuser = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: await clusterUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const urlOf = async (name: string) => {
  const url = new URL(await clusterUrl());
  url.pathname = `/${name}`;
  return url.href;
};

/** One template for each set of migrations, made by whoever comes first and cloned by all. */
const templateOf = async (folder: URL | string | undefined): Promise<string> => {
  const checksums = (await readMigrations(folder)).map(({ checksum }) => checksum);
  const template = `template_${createHash('sha256').update(checksums.join()).digest('hex').slice(0, 24)}`;
  await asSuperuser(async (client) => {
    await client.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1 AND datistemplate', [template]);
    if (rowCount) return;
    await client.query(`DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${template}`);
    const database = createDatabase({ url: await urlOf(template), connections: 1, logger: silent });
    await migrate(database, folder).finally(() => database.close());
    await client.query(`ALTER DATABASE ${template} IS_TEMPLATE true`);
  });
  return template;
};

/** An empty database without any table, for parts that make their own. */
export const emptyDatabase = (options?: TestDatabaseOptions): Promise<TestDatabase> =>
  databaseFrom('template0', options);

/**
 * A database of one test file on real PostgreSQL with the kit's tables and, if a folder is given, the service's.
 * `const test = await testDatabase(new URL('./migrations/', import.meta.url))`, and `afterAll(() => test.drop())`.
 */
export const testDatabase = async (
  migrationsFolder?: URL | string,
  options?: TestDatabaseOptions,
): Promise<TestDatabase> => databaseFrom(await templateOf(migrationsFolder), options);

const databaseFrom = async (template: string, options: TestDatabaseOptions = {}): Promise<TestDatabase> => {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asSuperuser((client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`));
  const url = await urlOf(name);
  const pools: Database[] = [];
  const open: TestDatabase['open'] = (more = {}) => {
    // Cores shared by a whole test run: a connection or a statement can take longer than production would wait.
    const patience = { acquireTimeoutMs: 60_000, statementTimeoutMs: 60_000 };
    const pool = createDatabase({ url, connections: 5, logger: silent, ...patience, ...options, ...more });
    pools.push(pool);
    return pool;
  };
  return {
    url,
    database: open(),
    open,
    refuseConnections: async () => {
      await asSuperuser(async (client) => {
        await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
        await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      });
      return async () => {
        await asSuperuser((client) => client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`));
      };
    },
    drop: async () => {
      await Promise.all(pools.map((pool) => pool.close()));
      await asSuperuser((client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
};
