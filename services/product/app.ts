import type * as z from 'zod';
import { ProductServiceDefinition } from '../contracts/generated/cloudmart/product/v1/product.ts';
import { createCache } from '../kit/cache.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import type { RunningService } from '../kit/running-service.ts';
import { createDatabase } from '../kit/storage/database.ts';
import { migrate } from '../kit/storage/migrate.ts';
import type { productConfig } from './config.ts';
import { productGrpc } from './grpc/product-grpc.ts';
import { addProductRoutes } from './http/product-routes.ts';
import { createProductRepository } from './storage/product-repository.ts';
import { createStockRepository } from './storage/stock-repository.ts';
import { commitStock } from './use-cases/commit-stock.ts';
import { releaseStock } from './use-cases/release-stock.ts';
import { reserveStock } from './use-cases/reserve-stock.ts';

/** Wires the catalogue: what main.ts runs and what the tests run. */
export const productApp = async (context: ServiceContext<z.output<typeof productConfig>>): Promise<RunningService> => {
  const { config, logger, metrics, health, clock, ids, functions, migrations } = context;
  if (!config.database || !config.events || !config.cache)
    throw new Error('product needs DATABASE_URL, EVENTS_URL and CACHE_URL');

  const database = createDatabase({ ...config.database, logger, metrics });
  health.add('database', { critical: true, check: () => database.check() });
  await migrate(database, migrations.own, { kitFolder: migrations.kit });
  const cache = createCache(config.cache);
  health.add('cache', { critical: false, check: () => cache.check() });

  const products = createProductRepository(database);
  const stock = createStockRepository(database);
  const effects = { products, stock, clock, ids, ttlSeconds: config.own.RESERVATION_TTL_SECONDS };

  const http = await createHttpServer({ context, cache });
  addProductRoutes(http, effects);
  const grpc = createGrpcServer({ context }).add(ProductServiceDefinition, productGrpc(effects));
  for (const critical of [reserveStock, releaseStock, commitStock]) functions.register(critical.name, critical);

  return {
    http,
    grpc,
    resources: [
      { name: 'cache', close: () => cache.close() },
      { name: 'database', close: () => database.close() },
    ],
  };
};
