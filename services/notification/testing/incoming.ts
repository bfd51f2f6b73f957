/** What the mail function is handed, for tests. */
import { anEvent, anOrder, type SampleType } from '../../contracts/testing/order-events.ts';
import type { IncomingEvent } from '../../kit/functions/read-records.ts';
import { msk } from '../../kit/testing/incoming-events.ts';

let orders = 100;
export const newOrder = () => anOrder(++orders);
export const text = (type: SampleType, order = newOrder()) => JSON.stringify(anEvent(type, order));

/** A batch of one paid order each. */
export const paid = (...of: readonly ReturnType<typeof anOrder>[]): IncomingEvent =>
  msk(of.map((order) => [order.id, text('order.paid.v1', order)]));
