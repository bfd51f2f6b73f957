import type * as z from 'zod';
import { ProductServiceDefinition } from '../contracts/generated/cloudmart/product/v1/product.ts';
import { createCache } from '../kit/cache/cache.ts';
import type { ServiceContext } from '../kit/context.ts';
import { openEventLog } from '../kit/events/open-event-log.ts';
import { createRelay } from '../kit/events/relay.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { createJobs } from '../kit/jobs/jobs.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { createDatabase } from '../kit/storage/database.ts';
import { migrate } from '../kit/storage/migrate.ts';
import type { productConfig } from './config.ts';
import { productGrpc } from './grpc/product-grpc.ts';
import { addProductRoutes } from './http/product-routes.ts';
import { createProductRepository } from './storage/product-repository.ts';
import { createStockRepository } from './storage/stock-repository.ts';
import { commitStock } from './use-cases/commit-stock.ts';
import { expireReservations } from './use-cases/expire-reservations.ts';
import { releaseStock } from './use-cases/release-stock.ts';
import { reserveStock } from './use-cases/reserve-stock.ts';

/** A reservation ends at most this much later than it says; the law that watches it allows two minutes. */
const expireEverySeconds = 30;

export type ProductAppOptions = {
  /** Milliseconds that a call waits for a free database connection; default that of the kit. */
  readonly acquireTimeoutMs?: number;
};

/** Wires the catalogue: what main.ts runs and what the tests run. */
export const productApp = async (
  context: ServiceContext<z.output<typeof productConfig>>,
  options: ProductAppOptions = {},
): Promise<RunningService> => {
  const { manifest, config, logger, metrics, health, clock, ids, functions, migrations } = context;
  if (!config.database || !config.events || !config.cache)
    throw new Error('product needs DATABASE_URL, EVENTS_URL and CACHE_URL');

  const database = createDatabase({ ...config.database, logger, metrics, ...options });
  health.add('database', { critical: true, check: () => database.check() });
  await migrate(database, migrations.own, { kitFolder: migrations.kit });
  const log = await openEventLog({ url: config.events, logger, metrics });
  health.add('events', { critical: false, check: () => log.check() });
  const cache = createCache(config.cache, { namespace: manifest.name, logger, metrics });
  health.add('cache', { critical: false, check: () => cache.check() });

  const products = createProductRepository(database);
  const stock = createStockRepository(database);
  const effects = { products, stock, clock, ids, ttlSeconds: config.own.RESERVATION_TTL_SECONDS };

  const jobs = createJobs({ database, logger, metrics, useListenNotify: false });
  jobs.schedule('expire-reservations', expireEverySeconds, () => expireReservations(effects));
  const relay = createRelay({ database, log, clock, logger, metrics, owner: manifest.name });

  const http = await createHttpServer({ context, cache });
  addProductRoutes(http, effects);
  const grpc = createGrpcServer({ context }).add(ProductServiceDefinition, productGrpc(effects));
  for (const [name, critical] of Object.entries({ reserveStock, releaseStock, commitStock }))
    functions.register(name, critical);

  return {
    http,
    grpc,
    background: [
      { name: 'topics', start: () => log.createTopics(manifest.publishes), stop: () => undefined },
      { name: 'jobs', start: () => jobs.start(), stop: () => jobs.stop() },
      { name: 'relay', start: () => relay.start(), stop: () => relay.stop() },
    ],
    resources: [
      { name: 'events', close: () => log.close() },
      { name: 'cache', close: () => cache.close() },
      { name: 'database', close: () => database.close() },
    ],
  };
};
