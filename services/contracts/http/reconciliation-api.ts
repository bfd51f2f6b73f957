/** Reconciliations: orders, their money, the provider's charges and the stock compared; `/reconciliations`. */
import { z } from 'zod';
import {
  exampleId,
  exampleTime,
  idSchema,
  orderIdSchema,
  pageQuery,
  pageSchema,
  paymentIdSchema,
  productIdSchema,
  timestampSchema,
} from './values.ts';

/** Orders that are compared at a time, and the most that a neighbour is asked about at once. */
export const mostReconciled = 500;

const boundSchema = z.string().regex(/^[a-z]{3}_[0-9a-z]{26}$/, 'must be an id');

/** Which part of what a neighbour has is asked for: ids between two others, which are left out. */
export const reconciledPage = z.object({
  after: boundSchema,
  before: boundSchema,
  limit: z.int().min(1).max(mostReconciled),
});

export const driftOutcomes = ['found', 'repaired', 'left'] as const;
export const reconciliationStatuses = ['running', 'done', 'failed'] as const;

export const reconciliationIdSchema = idSchema('rec');

const exampleDrift = {
  number: 1,
  kind: 'refund-missing',
  orderId: exampleId('ord'),
  paymentId: exampleId('pay'),
  productId: null,
  detail: `the order has refund ${exampleId('rfd')} of 1299, the payment has not`,
  repair: 'refund-payment',
  outcome: 'repaired',
  at: exampleTime,
};

export const driftSchema = z
  .strictObject({
    /** Counts the drifts of a reconciliation from 1. */
    number: z.int(),
    /** One of `driftKinds`; a newer version may know more. */
    kind: z.string(),
    orderId: orderIdSchema.nullable(),
    paymentId: paymentIdSchema.nullable(),
    productId: productIdSchema.nullable(),
    detail: z.string(),
    /** One of `driftRepairs`, whether it was made or not; null: a person has to look. */
    repair: z.string().nullable(),
    /** `found`: no repair was asked for; `left`: none applies, or it did not help. */
    outcome: z.enum(driftOutcomes),
    at: timestampSchema,
  })
  .meta({ example: exampleDrift });

const exampleReconciliation = {
  id: exampleId('rec'),
  askedBy: exampleId('usr'),
  repair: true,
  since: exampleTime,
  status: 'done',
  compared: { orders: 1200, payments: 1180, reservations: 1190, products: 250 },
  underWay: 3,
  drifts: 1,
  repaired: 1,
  startedAt: exampleTime,
  finishedAt: exampleTime,
};

export const reconciliationSchema = z
  .strictObject({
    id: reconciliationIdSchema,
    /** Id of the account, or `schedule`. */
    askedBy: z.string(),
    repair: z.boolean(),
    /** Orders, payments and reservations that began since then are compared; of the stock all. */
    since: timestampSchema,
    status: z.enum(reconciliationStatuses),
    compared: z.strictObject({ orders: z.int(), payments: z.int(), reservations: z.int(), products: z.int() }),
    /** Orders that were being worked on, and are compared the next time. */
    underWay: z.int(),
    drifts: z.int(),
    repaired: z.int(),
    startedAt: timestampSchema,
    finishedAt: timestampSchema.nullable(),
  })
  .meta({ example: exampleReconciliation });

export const beginReconciliationBody = z
  .strictObject({
    /** Whether drifts are repaired; default only named. */
    repair: z.boolean().default(false),
    /** How far back; default a week. */
    days: z.int().min(1).max(3_660).default(7),
  })
  .meta({ example: { repair: false, days: 7 } });

export const reconciliationAnswer = z
  .strictObject({ reconciliation: reconciliationSchema })
  .meta({ example: { reconciliation: exampleReconciliation } });
export const listReconciliationsQuery = z.strictObject(pageQuery);
export const reconciliationPage = pageSchema(reconciliationSchema);
export const driftPage = pageSchema(driftSchema);

export type Reconciliation = z.output<typeof reconciliationSchema>;
export type Drift = z.output<typeof driftSchema>;
