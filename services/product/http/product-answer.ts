import { addressOf } from '../../contracts/http/address-of.ts';
import { apiPrefix } from '../../contracts/http/api-prefix.ts';
import type { Product as ProductAnswer } from '../../contracts/http/catalogue/product-api.ts';
import { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import { type PosterSubject, posterVersion } from '../domain/poster.ts';
import type { Product } from '../domain/product.ts';

/** The public address of a picture; another picture, another address. */
const imageUrl = (id: string, v: string): string =>
  `${apiPrefix}${addressOf(productDoors.image, { params: { id }, query: { v } })}`;

const posterUrl = (product: Pick<Product, 'id' | keyof PosterSubject>): string =>
  imageUrl(product.id, posterVersion(product));

/** A product as the doors tell it. */
export const answerOf = ({ createdAt, updatedAt, images, ...product }: Product): ProductAnswer => {
  const shown = images.map(({ name, alt, width, height, widths }) => ({
    name,
    alt,
    width,
    height,
    url: imageUrl(product.id, name),
    widths: [...widths],
  }));
  return {
    ...product,
    imageUrl: shown[0]?.url ?? product.imageUrl ?? posterUrl(product),
    images: shown,
    attributes: { ...product.attributes },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
};

/** Who stands in the ledger; doors for staff have no other callers. */
export const actorOf = (caller: Caller): string => (caller.kind === 'customer' ? caller.userId : 'nobody');
