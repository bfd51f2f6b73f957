/** Pictures of products; what everybody reads of them is the door `image` of product-doors.ts. */
import { z } from 'zod';
import type { Doors } from '../door.ts';
import { productIdSchema } from '../values.ts';
import { productSchema } from './product-api.ts';
import {
  arrangeImagesBody,
  beginImageAnswer,
  beginImageBody,
  imageNameSchema,
  uploadIdSchema,
} from './product-image-api.ts';

const staff = { access: 'staff', tags: ['products'] } as const;
const params = z.strictObject({ id: productIdSchema });

export const productImageDoors = {
  beginImage: {
    ...staff,
    method: 'POST',
    path: '/products/:id/images',
    summary: 'Begin to upload a picture: answers the signed request that sends it',
    params,
    body: beginImageBody,
    answers: { 201: beginImageAnswer },
    errors: ['product.unknown', 'image.too-many', 'image.too-many-begun'],
  },
  finishImage: {
    ...staff,
    method: 'POST',
    path: '/products/:id/images/:upload/finish',
    summary: 'Check a picture that was uploaded, and add it behind the others; repeated, it changes nothing',
    params: params.extend({ upload: uploadIdSchema }),
    answers: { 200: productSchema },
    errors: [
      'product.unknown',
      'image.upload-unknown',
      'image.upload-expired',
      'image.not-uploaded',
      'image.content-differs',
      'image.type-differs',
      'image.too-many-pixels',
      'image.unreadable',
      'image.too-many',
    ],
    // To read it, to decode it behind others, and to store its forms.
    deadlineMs: 30_000,
  },
  arrangeImages: {
    ...staff,
    method: 'PATCH',
    path: '/products/:id/images',
    summary: 'Put the pictures of a product into another order, and say what each shows',
    params,
    body: arrangeImagesBody,
    answers: { 200: productSchema },
    errors: ['product.unknown', 'product.changed', 'image.list-differs'],
  },
  removeImage: {
    ...staff,
    method: 'DELETE',
    path: '/products/:id/images/:name',
    summary: 'Remove a picture',
    params: params.extend({ name: imageNameSchema }),
    answers: { 204: z.null() },
    errors: ['product.unknown', 'image.unknown'],
  },
} as const satisfies Doors;
