import { randomBytes } from 'node:crypto';
import { UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import { readLetter } from '../../kit/auth/sealed-letter.ts';
import { createGrpcClient } from '../../kit/grpc/grpc-client.ts';
import { testCallSecret, testContext } from '../../kit/testing/context.ts';
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

/** What the mail function knows too. */
export const mailSealSecret = 'the secret of the mail function in tests';

/** One process of the service, doors open, with a client that speaks to it as the gateway does. */
export const startUserService = async (
  store: TestDatabase,
  { own, clock = fakeClock(new Date()) }: StartOptions = {},
) => {
  const context = testContext<UserConfig>(manifest, {
    clock,
    own: {
      KEY_ENCRYPTION_SECRET: { secret: keyEncryptionSecret },
      MAIL_SEAL_SECRET: mailSealSecret,
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
      secret: testCallSecret(caller, 'user'),
      deadlineMs: 60_000,
    });
  const users = clientOf('api-gateway');
  const background: ((typeof app.background)[number] | undefined)[] = [];
  return {
    users,
    clock,
    context,
    app,
    port,
    clientOf,
    /** Begins to work on jobs, which no other part of the background is needed for. */
    startJobs: async () => {
      const jobs = app.background.find(({ name }) => name === 'jobs');
      await jobs?.start?.();
      background.push(jobs);
    },
    /** Begins to take events. */
    startConsumer: async () => {
      const consumer = app.background.find(({ name }) => name === 'consumer');
      await consumer?.start?.();
      background.push(consumer);
    },
    stop: async () => {
      users.close();
      for (const part of background) await part?.stop();
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

/** Mails that the account was sent, in order, as the mail function opens them. */
export const mailsOf = async (store: TestDatabase, userId: string, secret = mailSealSecret) =>
  (await eventsOf(store, userId)).flatMap(({ type, data }) => {
    if (type !== 'user.mail-requested.v1') return [];
    const mail = String(data['mail']);
    return [{ mail, isProved: data['isProved'], ...readLetter(secret, { userId, mail }, String(data['letter'])) }];
  });

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
