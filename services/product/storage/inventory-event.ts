import type { InventoryEvent } from '../../contracts/events/inventory-events.ts';
import { currentTraceparent } from '../../kit/telemetry/tracing.ts';

type EventOf<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { type: Type }>;

/** What makes an event this one: its id, and when it happened. */
export type EventStamp = { readonly id: string; readonly at: Date };

type Envelope<Type> = Omit<InventoryEvent, 'type' | 'data'> & { readonly type: Type };

/** An event without what it says; statements add data and sequence where only the database knows them. */
export const envelope = <Type extends InventoryEvent['type']>(
  type: Type,
  subject: string,
  { id, at }: EventStamp,
): Envelope<Type> => {
  const traceparent = currentTraceparent();
  return {
    specversion: '1.0',
    id,
    source: 'product',
    type,
    subject,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    sequence: 1,
    traceparent,
  };
};

/** The event of a product's first units: it starts the product's sequence. */
export const initialStockEvent = (
  stamp: EventStamp,
  { productId, stock, reason }: { readonly productId: string; readonly stock: number; readonly reason: string },
): EventOf<'inventory.adjusted.v1'> => ({
  ...envelope('inventory.adjusted.v1', productId, stamp),
  data: { productId, change: stock, free: stock, reason },
});
