import type { Database } from '../../kit/storage/database.ts';
import { uploadUnknown } from '../domain/image-refusals.ts';
import type { ImageUpload, ProductImage } from '../domain/product-image.ts';
import { productUnknown } from '../domain/product-refusals.ts';

type UploadRow = {
  id: string;
  product_id: string;
  type: ImageUpload['type'];
  bytes: number;
  sha256: string;
  alt: string;
  actor: string;
  state: ImageUpload['state'];
  until: Date;
};

/** What is known of a product whose pictures are to change; its row is locked. */
export type LockedImages = { readonly images: readonly ProductImage[]; readonly version: number };

export type ChangedImages = {
  readonly images: readonly ProductImage[];
  /** The upload that became a picture. */
  readonly stored?: string;
  /** Uploads that nobody needs any more. */
  readonly unused: readonly string[];
};

const uploadOf = ({ product_id, ...row }: UploadRow): ImageUpload => ({ ...row, productId: product_id });

const uploadColumns = 'id, product_id, type, bytes::float8 AS bytes, sha256, alt, actor, state, until';

/** Seconds after which objects of uploads go that nobody needs: pages that are open may still show them. */
export const keptSeconds = 3_600;

export const createImageRepository = (database: Database) => ({
  /** Notes an upload, unless its member of staff has begun too many; false then. */
  begin: (
    upload: ImageUpload,
    { at, mostBegun }: { readonly at: Date; readonly mostBegun: number },
  ): Promise<boolean> =>
    database.transaction(async (tx) => {
      // Those who begin at once count one another.
      await tx.query("SELECT pg_advisory_xact_lock(hashtextextended('image-uploads/' || $1, 0))", [upload.actor]);
      const { rowCount } = await tx.query(
        `INSERT INTO image_uploads (id, product_id, type, bytes, sha256, alt, actor, begun_at, until, remove_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, $9::timestamptz + make_interval(secs => $10)
         WHERE (SELECT count(*) FROM image_uploads WHERE actor = $7 AND state = 'begun' AND until > $8) < $11`,
        [
          upload.id,
          upload.productId,
          upload.type,
          upload.bytes,
          upload.sha256,
          upload.alt,
          upload.actor,
          at,
          upload.until,
          keptSeconds,
          mostBegun,
        ],
      );
      return rowCount > 0;
    }),

  find: async (id: string): Promise<ImageUpload | undefined> => {
    const { rows } = await database.query<UploadRow>(`SELECT ${uploadColumns} FROM image_uploads WHERE id = $1`, [id]);
    return rows[0] && uploadOf(rows[0]);
  },

  /** Gives up an upload whose content was refused; whatever is sent for it until its address expires is removed at its hour. */
  giveUp: async (id: string): Promise<void> => {
    await database.query("UPDATE image_uploads SET state = 'unused' WHERE id = $1 AND state = 'begun'", [id]);
  },

  /** Changes the pictures of a product under its lock; refuses as `product.unknown` when there is none, and as `image.upload-unknown` what was removed
   * meanwhile. No change, no new version. */
  change: (
    productId: string,
    { at, actor }: { readonly at: Date; readonly actor: string },
    change: (locked: LockedImages) => ChangedImages,
  ): Promise<void> =>
    database.transaction(async (tx) => {
      const { rows } = await tx.query<LockedImages>(
        'SELECT images, version FROM products WHERE id = $1 AND deleted_at IS NULL FOR UPDATE',
        [productId],
      );
      const [locked] = rows;
      if (!locked) throw productUnknown(productId);
      const { images, stored, unused } = change(locked);
      if (images !== locked.images)
        await tx.query(
          'UPDATE products SET images = $2::jsonb, version = version + 1, changed_by = $3, updated_at = $4 WHERE id = $1',
          [productId, JSON.stringify(images), actor, at],
        );
      if (stored !== undefined) {
        const sql = "UPDATE image_uploads SET state = 'stored' WHERE id = $1 AND state = 'begun'";
        const { rowCount } = await tx.query(sql, [stored]);
        // Finished twice at once, and removed in between: its objects are going.
        if (rowCount === 0 && images !== locked.images) throw uploadUnknown(stored, productId);
      }
      if (unused.length > 0)
        await tx.query(
          `UPDATE image_uploads SET state = 'unused', remove_at = $2::timestamptz + make_interval(secs => $3) WHERE id = ANY ($1)`,
          [unused, at, keptSeconds],
        );
    }),

  /** Uploads some of whose objects nobody needs, the oldest first. */
  due: async (at: Date, limit: number): Promise<ImageUpload[]> => {
    const { rows } = await database.query<UploadRow>(
      `SELECT ${uploadColumns} FROM image_uploads WHERE remove_at <= $1 ORDER BY remove_at LIMIT $2`,
      [at, limit],
    );
    return rows.map(uploadOf);
  },

  /** Notes that the objects are gone that nobody needed: of a stored picture what was sent, of another upload all. */
  forget: async ({ id, state }: Pick<ImageUpload, 'id' | 'state'>): Promise<void> => {
    await (state === 'stored'
      ? database.query('UPDATE image_uploads SET remove_at = NULL WHERE id = $1 AND state = $2', [id, state])
      : database.query('DELETE FROM image_uploads WHERE id = $1 AND state = $2', [id, state]));
  },
});

export type ImageRepository = ReturnType<typeof createImageRepository>;
