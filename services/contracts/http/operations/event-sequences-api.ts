/** Events of orders: the newest of a topic, and whether ledger and orders tell the same; `/operations/events`, `/operations/event-sequences`. */
import { z } from 'zod';
import { exampleId, exampleTime, orderIdSchema, timestampSchema } from '../values.ts';
import { actBody } from './acts-api.ts';

/** Orders of one request. */
export const mostChecked = 200;
/** Events of one page of a topic. */
export const mostTailed = 200;
/** Orders that one request repairs. */
export const mostRepaired = 20;

const nameSchema = z.string().regex(/^[a-z0-9-]{1,100}$/, 'must be a name of a-z, 0-9 and "-"');
/** `0-812_1-40`: behind which place of each partition the next page begins. */
const placesSchema = z
  .string()
  .max(2_000)
  .regex(/^\d{1,4}-\d{1,15}(_\d{1,4}-\d{1,15})*$/, 'must be places that a page was answered with');

export const tailQuery = z.strictObject({
  topic: nameSchema.default('order-events'),
  type: z.string().max(100).optional(),
  key: z.string().max(200).optional(),
  /** The first that were published then or later; default the newest. */
  since: timestampSchema.optional(),
  /** Goes on where another page ended. */
  after: placesSchema.optional(),
  limit: z.coerce.number().int().min(1).max(mostTailed).default(20),
});

const exampleEvent = {
  topic: 'order-events',
  partition: 0,
  offset: 812,
  at: exampleTime,
  key: exampleId('ord'),
  eventId: exampleId('evt'),
  type: 'order.paid.v1',
  sequence: 3,
  value: '{}',
};

const tailedEvent = z.strictObject({
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  at: timestampSchema,
  key: z.string(),
  eventId: z.string().nullable(),
  type: z.string().nullable(),
  sequence: z.int().nullable(),
  /** As it was published. */
  value: z.string(),
});

export const tailAnswer = z
  .strictObject({ events: z.array(tailedEvent), next: z.string() })
  .meta({ example: { events: [exampleEvent], next: '0-813' } });

/** What can be wrong, and what a person does where nothing repairs it. */
export const sequenceFaults = {
  missing: {
    means: 'the order has the event, the ledger has not',
    byHand: 'no copy of it is left; see the backups of the orders',
  },
  unchained: {
    means: 'the ledger wrote it before the event that precedes it, and never joined the two',
    byHand: 'repair what is missing before it',
  },
  duplicate: { means: 'the ledger has the same event twice', byHand: 'keep the output; find who wrote to the table' },
  reordered: {
    means: 'the ledger has the event at another place than the order',
    byHand: 'keep the output; find who wrote to the table',
  },
  altered: {
    means: 'what the ledger has is not what was published',
    byHand: 'keep the output; find who wrote to the table',
  },
  unknown: {
    means: 'the ledger has an event that the order does not know',
    byHand: 'compare with the backups of the orders',
  },
  'history-gap': {
    means: 'the history of the order itself does not count 1, 2, 3',
    byHand: 'see "npx cloudmart reconcile"',
  },
} as const satisfies Record<string, { readonly means: string; readonly byHand: string }>;
export type SequenceFault = keyof typeof sequenceFaults;

const exampleFinding = {
  orderId: exampleId('ord'),
  sequence: 2,
  eventId: exampleId('evt'),
  fault: 'missing',
  detail: 'order.paid.v1 is not in the ledger',
};

const findingShape = {
  orderId: orderIdSchema,
  sequence: z.int(),
  eventId: z.string().nullable(),
  /** One of `sequenceFaults`; a newer version may know more. */
  fault: z.string(),
  detail: z.string(),
};

/** Which orders: those that were placed in the last days, or since a moment. */
export const checkSequencesBody = z
  .strictObject({
    days: z.int().min(1).max(3_660).default(7),
    from: timestampSchema.max(40).optional(),
    /** Goes on behind this order. */
    after: orderIdSchema.optional(),
    limit: z.int().min(1).max(mostChecked).default(mostChecked),
  })
  .meta({ example: { days: 7, limit: mostChecked } });

export const checkSequencesAnswer = z
  .strictObject({
    checked: z.strictObject({ orders: z.int(), events: z.int() }),
    /** Orders with an event so young that the ledger need not have it; they are checked the next time. */
    underWay: z.int(),
    findings: z.array(z.strictObject(findingShape)),
    /** Order behind which the next request goes on; null: that was all. */
    next: orderIdSchema.nullable(),
  })
  .meta({ example: { checked: { orders: 1, events: 3 }, underWay: 0, findings: [exampleFinding], next: null } });

export const repairSequencesBody = z
  .strictObject({ ...actBody, orders: z.array(orderIdSchema).min(1).max(mostRepaired) })
  .meta({ example: { orders: [exampleId('ord')], reason: 'the ledger was away on Monday', dryRun: true } });

export const repairSequencesAnswer = z
  .strictObject({
    repairs: z.array(
      z.strictObject({
        ...findingShape,
        /** `repaired`: published again, and the ledger takes it within seconds; `left`: nothing repairs it. */
        result: z.enum(['would-repair', 'repaired', 'left']),
        /** Where the event was found; null: nowhere. */
        source: z.enum(['topic', 'outbox', 'ledger']).nullable(),
      }),
    ),
    actId: z.string().nullable(),
  })
  .meta({
    example: { repairs: [{ ...exampleFinding, result: 'would-repair', source: 'topic' }], actId: null },
  });

export type TailedEvent = z.output<typeof tailedEvent>;
export type SequenceFinding = z.output<typeof checkSequencesAnswer>['findings'][number];
export type SequenceRepair = z.output<typeof repairSequencesAnswer>['repairs'][number];
export type TailQuery = z.output<typeof tailQuery>;
