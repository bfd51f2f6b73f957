import { ProductServiceDefinition, type Reservation } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { createGrpcClient, type GrpcClientOptions } from '../../kit/grpc/grpc-client.ts';
import type { BookedReservation } from '../domain/drift.ts';
import type { PricedProduct } from '../domain/pricing.ts';

type Lines = readonly { readonly productId: string; readonly quantity: number }[];

const bookedOf = ({ orderId, status, lines }: Reservation): BookedReservation => ({
  orderId,
  status: status as BookedReservation['status'],
  lines,
});

/** Milliseconds for adding up every reservation there is. */
const addUpMs = 60_000;

export const createProductClient = (options: GrpcClientOptions) => {
  const product = createGrpcClient(ProductServiceDefinition, options);
  /** Whether the reserved units are sold now; false when the reservation is gone. */
  const commit = async (orderId: string): Promise<boolean> => (await product.commitStock({ orderId })).committed;
  return {
    close: () => product.close(),
    /** Prices and free stock now; unknown ids are left out. */
    prices: async (ids: readonly string[]): Promise<PricedProduct[]> => {
      if (ids.length === 0) return [];
      const { products } = await product.getProducts({ ids: [...ids] });
      return products.map(({ id, title, price, stock }) => {
        if (!price) throw new Error(`product answered ${id} without a price`);
        return { id, title, price, stock };
      });
    },
    /** Sells all lines or none, once however often it is asked. */
    sell: async (orderId: string, lines: Lines): Promise<{ sold: boolean; reservedUntil: string }> => {
      const { reserved, sold, reservedUntil } = await product.reserveStock({
        orderId,
        lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
        sell: true,
      });
      // One of the release before only reserves.
      return { sold: sold || (reserved && (await commit(orderId))), reservedUntil };
    },
    commit,
    release: async (orderId: string, reason: string): Promise<void> => {
      await product.releaseStock({ orderId, reason });
    },
    /** Puts some of the units that an order bought back on the shelf, once per name of what brought them. */
    takeBack: async (orderId: string, name: string, lines: Lines): Promise<void> => {
      await product.takeBackStock({
        orderId,
        name,
        lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
      });
    },
    /** What the stock has of orders, those that it has heard of. */
    reservationsOf: async (orderIds: readonly string[]): Promise<BookedReservation[]> =>
      (await product.findReservations({ orderIds: [...orderIds] })).reservations.map(bookedOf),
    /** A page of the reservations that hold or sold units, by the ids of their orders. */
    reservations: async (range: { after: string; before: string; limit: number }): Promise<BookedReservation[]> =>
      (await product.listReservations(range)).reservations.map(bookedOf),
    /** Products whose stock does not add up. */
    stockDrifts: () => product.listStockDrifts({}, { deadlineMs: addUpMs }),
  };
};

export type ProductClient = ReturnType<typeof createProductClient>;
