import { Refusal } from '../../kit/values/refusal.ts';

export const tooManyImages = (productId: string, limit: number) =>
  new Refusal('conflict', 'image.too-many', `Product ${productId} has ${limit} pictures, the most; remove one first.`);

export const tooManyBegun = (limit: number) =>
  new Refusal(
    'too-many',
    'image.too-many-begun',
    `You have begun ${limit} uploads, the most at a time; finish one, or wait until they are forgotten.`,
    { retryAfterSeconds: 60 },
  );

export const uploadUnknown = (id: string, productId: string) =>
  new Refusal(
    'missing',
    'image.upload-unknown',
    `There is no upload ${id} for product ${productId}; it may have been refused or forgotten: begin a new one.`,
  );

export const uploadExpired = (id: string) =>
  new Refusal('conflict', 'image.upload-expired', `Upload ${id} was not finished in time; begin a new one.`);

export const notUploaded = (id: string) =>
  new Refusal(
    'conflict',
    'image.not-uploaded',
    `Nothing has arrived for upload ${id}; send the content to its address first, then finish it.`,
  );

export const imageUnknown = (name: string, productId: string) =>
  new Refusal('missing', 'image.unknown', `Product ${productId} has no picture ${name}; it may have been removed.`);

export const imageListDiffers = (productId: string, expected: readonly string[], actual: readonly string[]) =>
  new Refusal(
    'conflict',
    'image.list-differs',
    `Product ${productId} has other pictures than the list names; read it again, and name each of them once.`,
    { difference: { expected: { images: expected }, actual: { images: actual } } },
  );

/** Why what arrived is no picture of a product. */
export const contentFaults = {
  'image.content-differs': 'has another length or checksum than was promised; send the file again',
  'image.type-differs': 'is not of the type that was promised; send a JPEG, PNG or WebP under its own type',
  'image.too-many-pixels': 'has more pixels than a picture may have; make it smaller',
  'image.unreadable': 'cannot be read as a picture; it may be damaged or animated: save it anew',
} as const;

export type ContentFault = keyof typeof contentFaults;

export const contentRefused = (fault: ContentFault, uploadId: string) =>
  new Refusal('unprocessable', fault, `What was sent for upload ${uploadId} ${contentFaults[fault]}.`);

export const makerBusy = () =>
  new Refusal(
    'unavailable',
    'image.busy',
    'Too many pictures are being read at the moment; finish the upload in a few seconds.',
    { retryAfterSeconds: 5 },
  );
