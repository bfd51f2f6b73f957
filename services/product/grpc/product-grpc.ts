import type { ServiceImplementation } from 'nice-grpc';
import type { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import type { GrpcCall } from '../../kit/grpc/call-guard.ts';
import type { CallersOf } from '../../kit/grpc/grpc-server.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { isReserved } from '../domain/reservation.ts';
import type { ProductRepository } from '../storage/product-repository.ts';
import type { StockRepository } from '../storage/stock-repository.ts';
import { commitStock } from '../use-cases/commit-stock.ts';
import { findProducts } from '../use-cases/find-products.ts';
import { releaseStock } from '../use-cases/release-stock.ts';
import { reserveStock } from '../use-cases/reserve-stock.ts';

export type ProductGrpc = {
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly ttlSeconds: number;
};

/** Everybody who is declared may look; stock moves for orders alone. */
export const productCallers: CallersOf<ProductServiceDefinition> = {
  getProducts: ['cart', 'order'],
  reserveStock: ['order'],
  commitStock: ['order'],
  releaseStock: ['order'],
};

/** Inner door for carts and orders. */
export const productGrpc = (effects: ProductGrpc): ServiceImplementation<ProductServiceDefinition, GrpcCall> => ({
  getProducts: async ({ ids }) => {
    const found = await findProducts(effects.products, ids);
    return { products: found.map(({ id, title, price, stock }) => ({ id, title, price, stock })) };
  },
  reserveStock: async ({ orderId, lines, sell }) => {
    const reservation = await reserveStock(effects, { orderId, lines, sell });
    const reserved = isReserved(reservation);
    return {
      reserved,
      shortages: [...reservation.shortages],
      reservedUntil: reserved ? (reservation.reservedUntil?.toISOString() ?? '') : '',
      sold: reservation.status === 'committed',
    };
  },
  commitStock: async ({ orderId }) => ({ committed: await commitStock(effects, orderId) }),
  releaseStock: async ({ orderId, reason }) => {
    await releaseStock(effects, { orderId, reason });
    return {};
  },
});
