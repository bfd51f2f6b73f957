import type { UploadType } from '../../contracts/http/catalogue/product-image-api.ts';
import { imageListDiffers, imageUnknown, tooManyImages } from './image-refusals.ts';

/** A picture that staff sent for a product. */
export type ProductImage = {
  /** SHA-256 of what was sent, in hexadecimal. */
  readonly name: string;
  /** Id of the upload that brought it; its objects bear it. */
  readonly upload: string;
  readonly alt: string;
  /** Pixels of its largest form. */
  readonly width: number;
  readonly height: number;
  /** Of its forms, rising. */
  readonly widths: readonly number[];
};

/** One upload, as it was promised and as far as it came. */
export type ImageUpload = {
  readonly id: string;
  readonly productId: string;
  readonly type: UploadType;
  readonly bytes: number;
  readonly sha256: string;
  readonly alt: string;
  readonly actor: string;
  readonly state: 'begun' | 'stored' | 'unused';
  /** Until then it may be finished. */
  readonly until: Date;
};

/** Key of what was sent. */
export const sentKey = (uploadId: string): string => `uploads/${uploadId}`;

/** Widths of the forms of a large picture. */
const widestForms = [300, 600, 1200];

/** Keys of whatever forms an upload may have. */
export const allFormKeys = (uploadId: string): readonly string[] =>
  widestForms.map((_, at) => `images/${uploadId}-${at}.webp`);

/** Key of the form of a picture that has one of its `widths`. */
export const formKey = ({ upload, widths }: Pick<ProductImage, 'upload' | 'widths'>, width: number): string =>
  allFormKeys(upload)[widths.indexOf(width)] as string;

/** Widths of the forms that are kept of a picture, at most three: never larger than it came. */
export const formWidths = (width: number): readonly number[] => {
  const largest = Math.min(width, widestForms.at(-1) as number);
  return widestForms.filter((each) => each < largest).concat(largest);
};

/** The form for a place of so many pixels: the smallest that is as wide, else the largest. */
export const formFor = ({ widths, width }: ProductImage, asked: number): number =>
  widths.find((each) => each >= asked) ?? width;

/** A product, and how many pictures it may have. */
export type Room = { readonly productId: string; readonly most: number };

/** Refuses a picture beyond the limit; one that is there already stays where it is. */
export const addImage = (
  images: readonly ProductImage[],
  image: ProductImage,
  { productId, most }: Room,
): readonly ProductImage[] => {
  if (images.some(({ name }) => name === image.name)) return images;
  requireRoom(images, { productId, most });
  return [...images, image];
};

export const requireRoom = (images: readonly ProductImage[], { productId, most }: Room): void => {
  if (images.length >= most) throw tooManyImages(productId, most);
};

export const withoutImage = (
  images: readonly ProductImage[],
  name: string,
  productId: string,
): readonly ProductImage[] => {
  const kept = images.filter((image) => image.name !== name);
  if (kept.length === images.length) throw imageUnknown(name, productId);
  return kept;
};

/** The pictures in the order of the list, which names each of them once. */
export const arrangeImages = (
  images: readonly ProductImage[],
  list: readonly { readonly name: string; readonly alt: string }[],
  productId: string,
): readonly ProductImage[] => {
  const known = new Map(images.map((image) => [image.name, image]));
  const arranged = list.flatMap(({ name, alt }) => {
    const image = known.get(name);
    return image ? [{ ...image, alt }] : [];
  });
  if (arranged.length !== images.length || list.length !== images.length)
    throw imageListDiffers(
      productId,
      list.map(({ name }) => name),
      images.map(({ name }) => name),
    );
  return arranged;
};
