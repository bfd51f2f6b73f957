import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { createGrpcClient, type GrpcClientOptions } from '../../kit/grpc/grpc-client.ts';
import type { PricedProduct } from '../domain/pricing.ts';

type Lines = readonly { readonly productId: string; readonly quantity: number }[];

export const createProductClient = (options: GrpcClientOptions) => {
  const product = createGrpcClient(ProductServiceDefinition, options);
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
    reserve: (orderId: string, lines: Lines) =>
      product.reserveStock({ orderId, lines: lines.map(({ productId, quantity }) => ({ productId, quantity })) }),
    /** Whether the reserved units are sold now; false when the reservation is gone. */
    commit: async (orderId: string): Promise<boolean> => (await product.commitStock({ orderId })).committed,
    release: async (orderId: string, reason: string): Promise<void> => {
      await product.releaseStock({ orderId, reason });
    },
  };
};

export type ProductClient = ReturnType<typeof createProductClient>;
