import type { ServiceImplementation } from 'nice-grpc';
import * as z from 'zod';
import type { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { mostReconciled, reconciledPage } from '../../contracts/http/reconciliation-api.ts';
import { orderIdSchema } from '../../contracts/http/values.ts';
import type { GrpcCall } from '../../kit/grpc/call-guard.ts';
import type { CallersOf } from '../../kit/grpc/grpc-server.ts';
import { parseRequest } from '../../kit/grpc/parse-request.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { isReserved } from '../domain/reservation.ts';
import type { ProductRepository } from '../storage/product-repository.ts';
import type { BookedReservation, StockBooks } from '../storage/stock-books.ts';
import type { StockRepository } from '../storage/stock-repository.ts';
import { commitStock } from '../use-cases/commit-stock.ts';
import { findProducts } from '../use-cases/find-products.ts';
import { releaseStock } from '../use-cases/release-stock.ts';
import { reserveStock } from '../use-cases/reserve-stock.ts';
import { takeBackStock } from '../use-cases/take-back-stock.ts';

export type ProductGrpc = {
  readonly products: ProductRepository;
  readonly stock: StockRepository;
  readonly books: StockBooks;
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
  takeBackStock: ['order'],
  findReservations: ['order'],
  listReservations: ['order'],
  listStockDrifts: ['order'],
};

const ofOrders = z.object({ orderIds: z.array(orderIdSchema).max(mostReconciled) });

const reservationMessage = ({ lines, ...reservation }: BookedReservation) => ({ ...reservation, lines: [...lines] });

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
  takeBackStock: async (request) => {
    await takeBackStock(effects, request);
    return {};
  },
  findReservations: async (request) => {
    const { orderIds } = parseRequest(ofOrders, request);
    return { reservations: (await effects.books.ofOrders(orderIds)).map(reservationMessage) };
  },
  listReservations: async (request) => ({
    reservations: (await effects.books.page(parseRequest(reconciledPage, request))).map(reservationMessage),
  }),
  listStockDrifts: () => effects.books.drifts(),
});
