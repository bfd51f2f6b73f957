import type * as z from 'zod';
import { ProductServiceDefinition } from '../contracts/generated/cloudmart/product/v1/product.ts';
import { productDoors } from '../contracts/http/catalogue/product-doors.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { openObjectStore } from '../kit/objects/open-object-store.ts';
import { openOwnCache } from '../kit/start/open-own-cache.ts';
import { openOwned } from '../kit/start/open-owned.ts';
import type { RunningService } from '../kit/start/running-service.ts';
import { createImageMaker } from './clients/image-maker.ts';
import type { productConfig } from './config.ts';
import { productCallers, productGrpc } from './grpc/product-grpc.ts';
import { productHandlers } from './http/product-handlers.ts';
import { createHistoryRepository } from './storage/history-repository.ts';
import { createImageRepository } from './storage/image-repository.ts';
import { createProductRepository } from './storage/product-repository.ts';
import { createStockBooks } from './storage/stock-books.ts';
import { createStockRepository } from './storage/stock-repository.ts';
import { commitStock } from './use-cases/commit-stock.ts';
import { expireReservations } from './use-cases/expire-reservations.ts';
import { indexProducts } from './use-cases/index-products.ts';
import { releaseStock } from './use-cases/release-stock.ts';
import { removeUnusedImages } from './use-cases/remove-unused-images.ts';
import { reserveStock } from './use-cases/reserve-stock.ts';

/** A reservation ends at most this much later than it says; the law that watches it allows two minutes. */
const expireEverySeconds = 30;

/** How soon after a release the search knows its new way for every product; there is nothing to do at other times. */
const indexEverySeconds = 60;

/** How soon after its hour an upload that nobody needs is gone. */
const removeEverySeconds = 300;

/** Wires the catalogue: what main.ts runs and what the tests run. */
export const productApp = async (context: ServiceContext<z.output<typeof productConfig>>): Promise<RunningService> => {
  const { config, clock, ids, functions } = context;
  const owned = await openOwned(context);
  const { database, jobs } = owned;
  const cache = openOwnCache(context);

  const products = createProductRepository(database);
  const stock = createStockRepository(database);
  const effects = { products, stock, clock, ids, ttlSeconds: config.own.RESERVATION_TTL_SECONDS };

  jobs.schedule('index-products', indexEverySeconds, () => indexProducts(effects));
  jobs.schedule('expire-reservations', expireEverySeconds, () => expireReservations(effects));

  const http = await createHttpServer({ context, cache });
  const objects = await openObjectStore(context, 'product-images', http);
  const images = createImageRepository(database);
  jobs.schedule('remove-unused-images', removeEverySeconds, (signal) =>
    removeUnusedImages({ images, objects, clock }, signal),
  );
  addDoors(
    http,
    productDoors,
    productHandlers({
      ...effects,
      history: createHistoryRepository(database),
      images,
      objects,
      maker: createImageMaker(),
    }),
  );
  const books = createStockBooks(database);
  const grpc = createGrpcServer({ context }).add(
    ProductServiceDefinition,
    productGrpc({ ...effects, books }),
    productCallers,
  );
  functions.register({ reserveStock, releaseStock, commitStock });

  return owned.running({
    http,
    grpc,
    resources: [
      { name: 'cache', close: () => cache.close() },
      { name: 'objects', close: () => objects.close() },
    ],
  });
};
