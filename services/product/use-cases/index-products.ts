import type { ProductRepository } from '../storage/product-repository.ts';

/** Products whose index is made again in one transaction. */
const batch = 200;

/** Makes the index of products again that an earlier release made in its own way; returns how many. Replicas take different ones. */
export const indexProducts = async ({
  products,
}: {
  products: Pick<ProductRepository, 'reindex'>;
}): Promise<number> => {
  for (let total = 0; ; ) {
    const done = await products.reindex(batch);
    total += done;
    if (done < batch) return total;
  }
};
