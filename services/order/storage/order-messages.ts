/** What is written of an event beside the order: its row in the history, and its message. */

import type { Order } from '../domain/order.ts';
import type { OrderEvent } from '../domain/order-event.ts';
import { eventDetails, viewOf } from '../domain/order-view.ts';
import { eventData } from './order-rows.ts';

/** An event with its id, and the order as it left it. */
export type Recorded = { readonly event: OrderEvent; readonly eventId: string; readonly after: Order };

/** Rows of the history, as one JSON text. */
export const eventRows = (recorded: readonly Recorded[]) =>
  JSON.stringify(
    recorded.map(({ event, eventId, after }) => ({
      sequence: after.version,
      event_id: eventId,
      type: event.type,
      data: eventData(event),
      at: event.at,
    })),
  );

/** The message that tells an event, with the key of the request that it answers. */
export const cloudEvent = ({ event, eventId, after }: Recorded, idempotencyKey?: string) => ({
  specversion: '1.0' as const,
  id: eventId,
  source: 'order',
  type: event.type,
  subject: after.id,
  time: event.at,
  datacontenttype: 'application/json' as const,
  data: {
    order: viewOf(after),
    customer: { userId: after.customer.userId, name: after.customer.name },
    ...eventDetails(event, after.total.currency),
  },
  sequence: after.version,
  ...(idempotencyKey && { idempotencykey: idempotencyKey }),
});
