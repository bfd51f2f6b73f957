import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../kit/objects/object-store.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { MakeImage } from '../clients/image-maker.ts';
import { contentRefused } from '../domain/image-refusals.ts';
import { formKey, type ImageUpload, type ProductImage, sentKey } from '../domain/product-image.ts';
import type { ImageRepository } from '../storage/image-repository.ts';

export type StoringEffects = {
  readonly images: Pick<ImageRepository, 'giveUp'>;
  readonly objects: ObjectStore;
};

/** The store has compared it too; this is the last look before the content is decoded. */
const requirePromised = ({ id, bytes, sha256 }: ImageUpload, content: Buffer) => {
  const actual = createHash('sha256').update(content).digest('hex');
  if (content.length !== bytes || actual !== sha256) throw contentRefused('image.content-differs', id);
};

/** Checks what was sent and stores its forms. What is refused is given up, and removed at once. */
export const storeImage = async (
  { images, objects }: StoringEffects,
  upload: ImageUpload,
  content: Buffer,
  make: MakeImage,
): Promise<ProductImage> => {
  const { id, type, sha256, alt } = upload;
  try {
    requirePromised(upload, content);
    const { width, height, forms } = await make({ content, type }, id);
    const image = { name: sha256, upload: id, alt, width, height, widths: forms.map((form) => form.width) };
    for (const form of forms) await objects.write(formKey(image, form.width), form.content, 'image/webp');
    return image;
  } catch (problem) {
    if (problem instanceof Refusal && problem.kind === 'unprocessable') {
      await images.giveUp(id);
      await objects.remove(sentKey(id));
    }
    throw problem;
  }
};
