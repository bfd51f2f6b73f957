/** Figures of the shop by the minute, as the stream job computes them. Ids follow from the content, so what comes again is known. */
import { z } from 'zod';
import { timestampSchema } from '../http/values.ts';
import { cloudEventSchema } from './cloud-event.ts';

const minute = { windowStart: timestampSchema, windowEnd: timestampSchema, currency: z.string() };

/** No further order is counted in this minute. Amounts are in minor units of the currency. */
export const analyticsMinuteClosedV1 = cloudEventSchema(
  'analytics.minute-closed.v1',
  z.object({
    ...minute,
    /** Orders paid in the minute, each once. */
    orders: z.int().min(1),
    revenue: z.int().min(0),
    /** Customers with an account by their id, guests by their mail address. */
    uniqueUsers: z.int().min(1),
    /** Revenue by orders, rounded half up. */
    averageOrderValue: z.int().min(0),
  }),
);

/** A payment that was heard of after its minute had closed, or whose time nobody can believe; no minute counts it. */
export const analyticsOrderLateV1 = cloudEventSchema(
  'analytics.order-late.v1',
  z.object({
    ...minute,
    /** Id of the event that came late; one that comes twice is named twice, with the same ids. */
    eventId: z.string().min(1),
    amount: z.int().min(0),
  }),
);

export const analyticsResultSchema = z.discriminatedUnion('type', [analyticsMinuteClosedV1, analyticsOrderLateV1]);
export type AnalyticsResult = z.output<typeof analyticsResultSchema>;
