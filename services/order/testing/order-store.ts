/** Orders on a database of their own, whose jobs are queued and done by nobody. */
import { createJobs, type Jobs } from '../../kit/jobs/jobs.ts';
import type { Database } from '../../kit/storage/database.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { testDatabase } from '../../kit/testing/postgres.ts';
import { createOrderRepository, type OrderRepository, processOrderQueue } from '../storage/order-repository.ts';

export type OrderStore = {
  readonly database: Database;
  readonly jobs: Jobs;
  /** Without limits on what a buyer may leave undecided or have declined. */
  readonly orders: OrderRepository;
  stop(): Promise<void>;
};

export const openOrderStore = async (): Promise<OrderStore> => {
  const { database, drop } = await testDatabase(new URL('../storage/migrations', import.meta.url));
  const jobs = createJobs({ database, logger: createLogger('order', 'silent') });
  jobs.work(processOrderQueue, {}, async () => undefined);
  await jobs.prepare();
  const limits = { undecided: 0, declinedPerHour: 0 };
  return {
    database,
    jobs,
    orders: createOrderRepository({ database, jobs, ids: systemIds, limits }),
    stop: async () => {
      await jobs.stop();
      await drop();
    },
  };
};
