/** Figures of the shop, as staff see them: of each minute, and the answers of the warehouse; `/operations/analytics`. */
import { z } from 'zod';
import { warehouseViews } from '../../warehouse/order-views.ts';
import { exampleTime, timestampSchema } from '../values.ts';

/** Hours of minutes that one request tells. */
export const mostHours = 48;
/** Rows of a view that one request tells. */
export const mostViewRows = 1_000;

export const minutesQuery = z.strictObject({
  /** Minutes of the last so many hours. */
  hours: z.coerce.number().int().min(1).max(mostHours).default(6),
});

const exampleMinute = {
  windowStart: exampleTime,
  currency: 'USD',
  orders: 3,
  revenue: 5_997,
  uniqueUsers: 2,
  averageOrderValue: 1_999,
};
const exampleLate = { currency: 'USD', orders: 1, amount: 1_999 };

const minuteSchema = z.strictObject({
  windowStart: timestampSchema,
  currency: z.string(),
  /** Paid orders. */
  orders: z.int(),
  /** In minor units, as all amounts here. */
  revenue: z.int(),
  uniqueUsers: z.int(),
  averageOrderValue: z.int(),
});

/** Minutes in which something was paid; one that is not here, and that others follow, had no order. */
export const minutesAnswer = z
  .strictObject({
    at: timestampSchema,
    /** When the first minute that is told begins. */
    since: timestampSchema,
    /** Why there are no figures; null where they are computed. */
    lacking: z.string().nullable(),
    /** Oldest first, each currency apart. */
    minutes: z.array(minuteSchema),
    /** Paid orders that were heard of after their minute had closed, and are in none. */
    late: z.array(z.strictObject({ currency: z.string(), orders: z.int(), amount: z.int() })),
    /** Whether these are all; if not, the oldest lack. */
    isWhole: z.boolean(),
  })
  .meta({
    example: {
      at: exampleTime,
      since: exampleTime,
      lacking: null,
      minutes: [exampleMinute],
      late: [exampleLate],
      isWhole: true,
    },
  });

/** Name of a ready-made question to the warehouse, in a path. */
export const viewNameSchema = z
  .enum(warehouseViews.map(({ name }) => name) as [string, ...string[]])
  .meta({ example: 'revenue-by-day' });

export const viewAnswer = z
  .strictObject({
    name: z.string(),
    title: z.string(),
    /** When the warehouse was asked; an answer serves everybody for a minute. */
    at: timestampSchema,
    /** Why there is no answer; null where there is a warehouse. */
    lacking: z.string().nullable(),
    /** How it is drawn: `value` by `label`, one series for each value of `series`; null: as a table alone. */
    picture: z
      .strictObject({
        label: z.string(),
        value: z.string(),
        series: z.string().nullable(),
        /** `amount`: in minor units of the row's `currency`; `share`: 0 to 1. */
        unit: z.enum(['amount', 'share', 'count']),
      })
      .nullable(),
    /** In the order of the view; amounts are columns `..._amount`, and whole numbers beyond 2^53 are text. */
    rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
    /** Whether these are all; if not, the first ones lack. */
    isWhole: z.boolean(),
  })
  .meta({
    example: {
      name: 'revenue-by-day',
      title: 'Revenue by day',
      at: exampleTime,
      lacking: null,
      picture: { label: 'day', value: 'revenue_amount', series: 'currency', unit: 'amount' },
      rows: [
        { day: '2026-11-29', currency: 'USD', orders: 3, revenue_amount: 5_997, refunded_amount: 0, net_amount: 5_997 },
      ],
      isWhole: true,
    },
  });

export type MinuteFigures = z.output<typeof minutesAnswer>;
export type ViewAnswer = z.output<typeof viewAnswer>;
