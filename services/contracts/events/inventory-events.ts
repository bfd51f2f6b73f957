/** What happened to the stock: reservations are keyed by order, adjustments by product. */
import { z } from 'zod';
import { orderIdSchema, productIdSchema, timestampSchema } from '../http/values.ts';
import { cloudEventSchema } from './cloud-event.ts';

const lines = z.array(z.object({ productId: productIdSchema, quantity: z.int().min(1) }));

export const inventoryReservedV1 = cloudEventSchema(
  'inventory.reserved.v1',
  z.object({ orderId: orderIdSchema, lines, reservedUntil: timestampSchema }),
);
export const inventoryRejectedV1 = cloudEventSchema(
  'inventory.rejected.v1',
  z.object({
    orderId: orderIdSchema,
    shortages: z.array(z.object({ productId: productIdSchema, requested: z.int(), available: z.int() })),
  }),
);
/** Reserved units became sold units. */
export const inventoryCommittedV1 = cloudEventSchema(
  'inventory.committed.v1',
  z.object({ orderId: orderIdSchema, lines }),
);
/** Reserved or sold units went back to free stock. */
export const inventoryReleasedV1 = cloudEventSchema(
  'inventory.released.v1',
  z.object({ orderId: orderIdSchema, lines, reason: z.enum(['cancelled', 'expired', 'returned']) }),
);
export const inventoryAdjustedV1 = cloudEventSchema(
  'inventory.adjusted.v1',
  z.object({ productId: productIdSchema, change: z.int(), free: z.int(), reason: z.string() }),
);

export const inventoryEventSchema = z.discriminatedUnion('type', [
  inventoryReservedV1,
  inventoryRejectedV1,
  inventoryCommittedV1,
  inventoryReleasedV1,
  inventoryAdjustedV1,
]);
export type InventoryEvent = z.output<typeof inventoryEventSchema>;
