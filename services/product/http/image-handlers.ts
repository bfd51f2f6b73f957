import { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import type { productImageDoors } from '../../contracts/http/catalogue/product-image-doors.ts';
import type { DoorHandlers } from '../../kit/http/doors.ts';
import { drawPoster, posterVersion } from '../domain/poster.ts';
import type { Product } from '../domain/product.ts';
import { formFor, formKey, type ProductImage } from '../domain/product-image.ts';
import {
  beginImage,
  finishImage,
  type ImageEffects,
  rearrangeImages,
  removeImage,
} from '../use-cases/change-images.ts';
import { findProduct } from '../use-cases/find-products.ts';
import { actorOf, answerOf } from './product-answer.ts';

/** More than any form has: a picture of 8 million pixels is some 2 MB of WebP. */
const mostFormBytes = 8 * 1024 * 1024;

const keptForEver = 'public, max-age=31536000, immutable';

/** The picture of a product that `v` names, else its first one, else its poster; what `v` names may be kept for ever. */
const pictureOf = async (
  { objects }: Pick<ImageEffects, 'objects'>,
  product: Product,
  { width, v }: { readonly width: number; readonly v?: string | undefined },
) => {
  const named = product.images.find(({ name }) => name === v);
  const image: ProductImage | undefined = named ?? (v === posterVersion(product) ? undefined : product.images[0]);
  const content = image && (await objects.read(formKey(image, formFor(image, width)), mostFormBytes));
  // A picture whose object is lost is the poster: a page without it would help nobody.
  const isNamed = content ? named !== undefined : v === posterVersion(product);
  return {
    headers: {
      'content-type': content ? ('image/webp' as const) : ('image/svg+xml' as const),
      'cache-control': isNamed ? keptForEver : productDoors.image.cacheControl,
    },
    body: content ?? Buffer.from(drawPoster(product, width)),
  };
};

/** What the doors of pictures do. */
export const imageHandlers = (
  effects: ImageEffects,
): DoorHandlers<typeof productImageDoors & Pick<typeof productDoors, 'image'>> => {
  const { products } = effects;
  const productNow = async (id: string) => answerOf(await findProduct(products, id));
  return {
    image: async ({ params: { id }, query }) => pictureOf(effects, await findProduct(products, id), query),

    beginImage: async ({ caller, params: { id }, body }) => {
      const { id: uploadId, upload } = await beginImage(effects, { productId: id, ...body, actor: actorOf(caller) });
      return {
        id: uploadId,
        upload: { ...upload, headers: { ...upload.headers }, expiresAt: upload.expiresAt.toISOString() },
      };
    },

    finishImage: async ({ caller, params: { id, upload } }) => {
      await finishImage(effects, { productId: id, uploadId: upload, actor: actorOf(caller) });
      return productNow(id);
    },

    arrangeImages: async ({ caller, params: { id }, body }) => {
      await rearrangeImages(effects, {
        productId: id,
        list: body.images,
        version: body.version,
        actor: actorOf(caller),
      });
      return productNow(id);
    },

    removeImage: async ({ caller, params: { id, name } }) => {
      await removeImage(effects, { productId: id, name, actor: actorOf(caller) });
    },
  };
};
