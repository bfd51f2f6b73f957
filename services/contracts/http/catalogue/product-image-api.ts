/** Pictures of a product: sent by staff straight to the store of objects, read by everybody. */
import { z } from 'zod';
import { exampleId, exampleTime, idSchema, textSchema, timestampSchema } from '../values.ts';

/** What staff may send; pictures are kept as WebP. */
export const uploadTypes = ['image/jpeg', 'image/png', 'image/webp'] as const;

export type UploadType = (typeof uploadTypes)[number];

export const imageLimits = {
  bytes: 8 * 1024 * 1024,
  /** Width times height; each costs some 20 bytes of memory while it is read. */
  pixels: 8_000_000,
  /** Of either side: WebP ends at 16,383. */
  side: 10_000,
  ofProduct: 8,
  /** Uploads that one member of staff has begun and not finished. */
  pending: 10,
  altLength: 300,
} as const;

/** Seconds for which an upload may be sent, and may be finished, from its beginning. */
export const uploadSeconds = { sent: 300, finished: 900 } as const;

/** Widths of a picture in pixels; it is never made larger than it came. */
export const imageWidths = [90, 300, 600, 1200] as const;

const exampleName = '8c1f2a64f4b0f7b0a1c5e2d38f6a9b7c0d1e2f3a4b5c6d7e8f90a1b2c3d4e5f6';
const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal')
  .meta({ example: exampleName });
const altSchema = textSchema(imageLimits.altLength);

/** A picture that staff sent. */
export const productImageSchema = z.strictObject({
  /** SHA-256 of what was sent: the same picture has the same name, and another picture another one. */
  name: sha256Schema,
  /** What it shows, for those who do not see it. */
  alt: z.string(),
  /** Pixels of its largest form. */
  width: z.int().min(1),
  height: z.int().min(1),
  /** Its address, kept for ever by browsers; with `&width=` of one of `widths` it comes in that width. */
  url: z.string(),
  widths: z.array(z.int().min(1)),
});

export const exampleImage = {
  name: exampleName,
  alt: 'The cover: two faces in profile',
  width: 1200,
  height: 1800,
  url: `/api/v1/products/${exampleId('prd')}/image?v=${exampleName}`,
  widths: [300, 600, 1200],
};

export const uploadIdSchema = idSchema('upl');
export const imageNameSchema = sha256Schema;

export const beginImageBody = z
  .strictObject({
    type: z.enum(uploadTypes),
    bytes: z.int().min(1).max(imageLimits.bytes),
    /** Of the content, in hexadecimal. */
    sha256: sha256Schema,
    alt: altSchema,
  })
  .meta({ example: { type: 'image/jpeg', bytes: 183_201, sha256: exampleName, alt: exampleImage.alt } });

export const beginImageAnswer = z
  .strictObject({
    id: uploadIdSchema,
    /** The request that sends the content, to be made as it stands; it goes to the store of objects and not to this door. */
    upload: z.strictObject({
      method: z.literal('PUT'),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      expiresAt: timestampSchema,
    }),
  })
  .meta({
    example: {
      id: exampleId('upl'),
      upload: {
        method: 'PUT',
        url: 'https://pictures.s3.us-east-1.amazonaws.com/uploads/upl_01jdq5w8m3k7x2r9v4t6y0z1ab?X-Amz-Signature=5d1c',
        headers: {
          'content-type': 'image/jpeg',
          'x-amz-checksum-sha256': 'jB8qZPSw97ChxeLTj2qbfA0eLzpLXG1+j5ChssPU5fY=',
        },
        expiresAt: exampleTime,
      },
    },
  });

/** The pictures in their new order, each with what it shows. */
export const arrangeImagesBody = z
  .strictObject({
    images: z
      .array(z.strictObject({ name: sha256Schema, alt: altSchema }))
      .max(imageLimits.ofProduct)
      .refine(
        (images) => new Set(images.map(({ name }) => name)).size === images.length,
        'must name each picture once',
      ),
    /** The version that the change is meant for; another one in the shop is 409 `product.changed`. Default whichever there is. */
    version: z.int().min(1).optional(),
  })
  .meta({ example: { images: [{ name: exampleName, alt: exampleImage.alt }], version: 1 } });

export type ProductImage = z.output<typeof productImageSchema>;
