import { imageLimits, uploadSeconds } from '../../contracts/http/catalogue/product-image-api.ts';
import type { ObjectStore, SignedUpload } from '../../kit/objects/object-store.ts';
import type { ImageMaker } from '../clients/image-maker.ts';
import { notUploaded, tooManyBegun, uploadExpired, uploadUnknown } from '../domain/image-refusals.ts';
import {
  addImage,
  arrangeImages,
  type ImageUpload,
  type ProductImage,
  requireRoom,
  sentKey,
  withoutImage,
} from '../domain/product-image.ts';
import { productChanged } from '../domain/product-refusals.ts';
import type { ImageRepository } from '../storage/image-repository.ts';
import { findProduct } from './find-products.ts';
import type { ProductEffects } from './product-effects.ts';
import { type StoringEffects, storeImage } from './store-image.ts';

export type ImageEffects = Pick<ProductEffects, 'products' | 'clock' | 'ids'> &
  StoringEffects & { readonly images: ImageRepository; readonly objects: ObjectStore; readonly maker: ImageMaker };

const roomOf = (productId: string) => ({ productId, most: imageLimits.ofProduct });

export type BeginImage = Pick<ImageUpload, 'productId' | 'type' | 'bytes' | 'sha256' | 'alt' | 'actor'>;

/** Notes what is going to be sent, and signs the request that sends it. */
export const beginImage = async (
  { products, images, objects, clock, ids }: ImageEffects,
  promised: BeginImage,
): Promise<{ readonly id: string; readonly upload: SignedUpload }> => {
  const { productId, type, bytes, sha256 } = promised;
  requireRoom((await findProduct(products, productId)).images, roomOf(productId));
  const at = clock.now();
  const id = ids.next('upl');
  const until = new Date(at.getTime() + uploadSeconds.finished * 1_000);
  const isNoted = await images.begin(
    { ...promised, id, state: 'begun', until },
    { at, mostBegun: imageLimits.pending },
  );
  if (!isNoted) throw tooManyBegun(imageLimits.pending);
  const upload = await objects.signUpload({
    key: sentKey(id),
    type,
    bytes,
    sha256,
    validSeconds: uploadSeconds.sent,
  });
  return { id, upload };
};

/** The upload of a product that can yet become its picture; undefined where it did already. */
const openUpload = async (
  { products, images, clock }: ImageEffects,
  productId: string,
  id: string,
): Promise<ImageUpload | undefined> => {
  const product = await findProduct(products, productId);
  const upload = await images.find(id);
  if (upload?.productId !== productId) throw uploadUnknown(id, productId);
  const isShown = product.images.some(({ name }) => name === upload.sha256);
  if (upload.state !== 'begun') {
    if (isShown) return undefined;
    throw uploadUnknown(id, productId);
  }
  if (clock.now() > upload.until) throw uploadExpired(id);
  if (!isShown) requireRoom(product.images, roomOf(productId));
  return upload;
};

/**
 * Makes a picture of what arrived. Its forms are stored before the row that names them, under keys that only this upload has: killed in
 * between it can be finished again, and if nobody does, all that it left is removed in time.
 */
export const finishImage = async (
  effects: ImageEffects,
  { productId, uploadId, actor }: { readonly productId: string; readonly uploadId: string; readonly actor: string },
): Promise<void> => {
  const { images, objects, maker, clock } = effects;
  const upload = await openUpload(effects, productId, uploadId);
  if (!upload) return;
  const image = await maker.inTurn(async (make) => {
    const content = await objects.read(sentKey(uploadId), upload.bytes);
    if (!content) throw notUploaded(uploadId);
    return storeImage(effects, upload, content, make);
  });
  await images.change(productId, { at: clock.now(), actor }, (locked) => {
    const changed = addImage(locked.images, image, roomOf(productId));
    const isUsed = changed.some((each) => each.upload === uploadId);
    return { images: changed, ...(isUsed ? { stored: uploadId, unused: [] } : { unused: [uploadId] }) };
  });
  await objects.remove(sentKey(uploadId));
};

/** Puts the pictures into another order and says what they show. Refuses as `product.changed` what is meant for another version. */
export const rearrangeImages = (
  { images, clock }: Pick<ImageEffects, 'images' | 'clock'>,
  {
    productId,
    list,
    version,
    actor,
  }: {
    readonly productId: string;
    readonly list: readonly Pick<ProductImage, 'name' | 'alt'>[];
    readonly version: number | undefined;
    readonly actor: string;
  },
): Promise<void> =>
  images.change(productId, { at: clock.now(), actor }, (locked) => {
    if (version !== undefined && version !== locked.version) throw productChanged(productId, version, locked.version);
    return { images: arrangeImages(locked.images, list, productId), unused: [] };
  });

/** Takes a picture off a product; its objects go later, for pages that still show it. */
export const removeImage = (
  { images, clock }: Pick<ImageEffects, 'images' | 'clock'>,
  { productId, name, actor }: { readonly productId: string; readonly name: string; readonly actor: string },
): Promise<void> =>
  images.change(productId, { at: clock.now(), actor }, (locked) => ({
    images: withoutImage(locked.images, name, productId),
    unused: locked.images.filter((image) => image.name === name).map(({ upload }) => upload),
  }));
