import type { ObjectStore } from '../../kit/objects/object-store.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { eachOne } from '../../kit/values/each-one.ts';
import { allFormKeys, sentKey } from '../domain/product-image.ts';
import type { ImageRepository } from '../storage/image-repository.ts';

/** Uploads read at a time. */
const batch = 50;

/**
 * Removes what nobody needs: of a picture what was sent, of an upload that became none all of its objects. Killed in between it begins
 * again with the same upload. Returns how many uploads it looked after.
 */
export const removeUnusedImages = async (
  {
    images,
    objects,
    clock,
  }: {
    readonly images: Pick<ImageRepository, 'due' | 'forget'>;
    readonly objects: Pick<ObjectStore, 'remove'>;
    readonly clock: Clock;
  },
  signal?: AbortSignal,
): Promise<number> => {
  for (let total = 0; ; ) {
    const due = await images.due(clock.now(), batch);
    await eachOne(due, async (upload) => {
      signal?.throwIfAborted();
      await objects.remove(sentKey(upload.id));
      if (upload.state !== 'stored') for (const key of allFormKeys(upload.id)) await objects.remove(key);
      await images.forget(upload);
    });
    total += due.length;
    if (due.length < batch) return total;
  }
};
