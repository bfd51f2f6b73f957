/** A database as operations meets it: full of others, and seen by a role with no more rights than the platform gives. */
import { randomBytes } from 'node:crypto';
import type { Database } from '../../kit/storage/database.ts';
import { emptyDatabase } from '../../kit/testing/postgres.ts';

export type ObservedDatabase = {
  /** As a superuser, who is the owner here. */
  readonly owner: Database;
  /** As operations: reads, sees all sessions, may cancel. */
  readonly observer: Database;
  /** For operations to sign in. */
  readonly observerUrl: string;
  /** Another pool of an ordinary role that owns nothing. */
  readonly bystander: Database;
  refuseConnections(): Promise<() => Promise<void>>;
  drop(): Promise<void>;
};

/** An empty database with two roles of its own; `prepare` makes what is in it. */
export const observedDatabase = async (prepare: string): Promise<ObservedDatabase> => {
  const lent = await emptyDatabase();
  const suffix = randomBytes(4).toString('hex');
  const [observer, bystander] = [`observer_${suffix}`, `bystander_${suffix}`];
  await lent.database.query(`${prepare};
    CREATE ROLE ${observer} LOGIN; CREATE ROLE ${bystander} LOGIN;
    GRANT pg_monitor, pg_signal_backend TO ${observer};
    GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${observer};
    GRANT SELECT, UPDATE ON ALL TABLES IN SCHEMA public TO ${bystander}`);
  const urlOf = (role: string) => {
    const url = new URL(lent.url);
    url.username = role;
    return url.href;
  };
  const as = (role: string) => lent.open({ url: urlOf(role) });
  return {
    owner: lent.database,
    observer: as(observer),
    observerUrl: urlOf(observer),
    bystander: as(bystander),
    refuseConnections: lent.refuseConnections,
    drop: async () => {
      await lent.database.query(`DROP OWNED BY ${observer}, ${bystander}; DROP ROLE ${observer}, ${bystander}`);
      await lent.drop();
    },
  };
};

/** Runs statements in a transaction and leaves it open; resolves to what ends it. */
export const openTransaction = async (database: Database, text: string): Promise<() => Promise<void>> => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin, reject: fail } = Promise.withResolvers<void>();
  const whole = database.transaction(async (tx) => {
    await tx.query(text);
    begin();
    await ended;
  });
  whole.catch(fail);
  await begun;
  return async () => {
    end();
    await whole;
  };
};
