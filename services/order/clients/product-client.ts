import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { createGrpcClient, type GrpcClientOptions } from '../../kit/grpc/grpc-client.ts';
import type { PricedProduct } from '../domain/pricing.ts';

type Lines = readonly { readonly productId: string; readonly quantity: number }[];

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
  };
};

export type ProductClient = ReturnType<typeof createProductClient>;
