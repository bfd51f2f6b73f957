import { randomBytes } from 'node:crypto';
import { UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import { createGrpcClient } from '../../kit/grpc/grpc-client.ts';
import { testContext, testServiceSecret } from '../../kit/testing/context.ts';
import { type FakeClock, fakeClock } from '../../kit/testing/fake-clock.ts';
import { type TestDatabase, testDatabase } from '../../kit/testing/postgres.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { userApp } from '../app.ts';
import type { UserConfig } from '../config.ts';
import { manifest } from '../manifest.ts';

export const staffEmail = 'staff@cloudmart.test';
export const staffPassword = 'the first staff password';

const migrations = new URL('../storage/migrations', import.meta.url);

/** A database for one test file. */
export const userDatabase = (): Promise<TestDatabase> => testDatabase(migrations);

export type StartOptions = {
  readonly own?: Partial<UserConfig>;
  readonly clock?: FakeClock;
};

/** Kept for all processes of one test file: replicas share it. */
const keyEncryptionSecret = randomBytes(32).toString('base64url');

/** One process of the service, doors open, with a client that speaks to it as the gateway does. */
export const startUserService = async (
  store: TestDatabase,
  { own, clock = fakeClock(new Date()) }: StartOptions = {},
) => {
  const context = testContext<UserConfig>(manifest, {
    clock,
    own: {
      KEY_ENCRYPTION_SECRET: keyEncryptionSecret,
      MALLOC_MMAP_THRESHOLD_: 1_048_576,
      STAFF_EMAIL: staffEmail,
      STAFF_PASSWORD: staffPassword,
      ...own,
    },
    config: { database: { url: store.url, connections: 5, auth: 'password' }, events: store.url },
  });
  const app = await userApp(context);
  const port = await app.grpc.listen('127.0.0.1:0');
  const clientOf = (caller: string) =>
    createGrpcClient(UserServiceDefinition, {
      address: `127.0.0.1:${port}`,
      caller,
      secret: testServiceSecret,
      deadlineMs: 60_000,
    });
  const users = clientOf('api-gateway');
  return {
    users,
    clock,
    context,
    app,
    port,
    clientOf,
    stop: async () => {
      users.close();
      await app.http.close();
      await app.grpc.close();
      for (const { close } of app.resources) await close();
    },
  };
};

export type RunningUserService = Awaited<ReturnType<typeof startUserService>>;

/** The events of one account in the order of their sequence, as they were put into the outbox. */
export const eventsOf = async (store: TestDatabase, userId: string) => {
  const { rows } = await store.database.query<{
    payload: { type: string; sequence: number; data: Record<string, unknown> };
  }>('SELECT payload FROM outbox WHERE aggregateid = $1 ORDER BY sequence', [userId]);
  return rows.map(({ payload }) => payload);
};

/**
 * Values of the calls that were answered. A machine that is busy with other tests may turn some of many parallel calls
 * away as unavailable, which says nothing about the rules; every other refusal is thrown, and so is having no answer.
 */
export const answersOf = async <T>(calls: readonly Promise<T>[]): Promise<T[]> => {
  const outcomes = await Promise.allSettled(calls);
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
  const reason = failed.find((problem) => !(problem instanceof Refusal && problem.kind === 'unavailable'));
  if (reason !== undefined) throw reason;
  const answers = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  if (answers.length === 0) throw failed[0];
  return answers;
};
