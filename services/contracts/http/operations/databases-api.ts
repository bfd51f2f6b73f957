/** What a PostgreSQL database is slow at and what it lacks, as staff see it; `/operations/databases/:name`. */
import { z } from 'zod';
import { exampleTime, timestampSchema } from '../values.ts';
import { exampleStatement } from './database-sessions-api.ts';

/** Name of a database as its owner's manifest has it. */
export const databaseNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'must be the name of a database')
  .meta({ example: 'orders' });

const exampleSlow = {
  id: '-4711',
  query: exampleStatement,
  calls: 1200,
  totalMs: 48_000,
  meanMs: 40,
  maxMs: 900,
  rows: 1200,
  hitPercent: 99.2,
};

/** Statements by the time that they took together. */
export const slowStatementsAnswer = z
  .strictObject({
    /** Why nothing is known; null where the statistics are there. */
    lacking: z.string().nullable(),
    /** Since when statements are counted; null where nobody knows. */
    since: timestampSchema.nullable(),
    statements: z.array(
      z.strictObject({
        /** The server's number of the statement without its values. */
        id: z.string(),
        query: z.string(),
        calls: z.int(),
        /** Planned and executed. */
        totalMs: z.number(),
        meanMs: z.number(),
        /** The slowest execution. */
        maxMs: z.number(),
        rows: z.int(),
        /** Share of its blocks that were in memory; null where it read none. */
        hitPercent: z.number().nullable(),
      }),
    ),
  })
  .meta({ example: { lacking: null, since: exampleTime, statements: [exampleSlow] } });

const indexSchema = z.strictObject({
  index: z.string(),
  table: z.string(),
  bytes: z.int(),
  /** What makes it anew. */
  definition: z.string(),
});

const exampleIndex = {
  index: 'orders_status',
  table: 'orders',
  bytes: 8_388_608,
  definition: 'CREATE INDEX orders_status ON public.orders USING btree (status)',
};

/** Indexes that a table lacks, and those that are there for nothing. */
export const indexesAnswer = z
  .strictObject({
    /** Since when scans are counted; null: since the database was made. */
    since: timestampSchema.nullable(),
    /** Tables of 10,000 rows and more that fewer than 95 % of their scans read by an index. */
    missing: z.array(
      z.strictObject({
        table: z.string(),
        rows: z.int(),
        sequentialScans: z.int(),
        indexScans: z.int(),
        indexPercent: z.number(),
      }),
    ),
    /** Of 1 MiB and more, which forbid nothing and were read less than 50 times; replicas count for themselves. */
    unused: z.array(indexSchema.extend({ scans: z.int() })),
    /** Those whose columns another one begins with. */
    duplicate: z.array(indexSchema.extend({ coveredBy: z.string() })),
    /** What a build that was broken off has left, or builds still. */
    invalid: z.array(indexSchema.extend({ isBeingBuilt: z.boolean() })),
  })
  .meta({
    example: {
      since: exampleTime,
      missing: [{ table: 'orders', rows: 50_000, sequentialScans: 900, indexScans: 100, indexPercent: 10 }],
      unused: [{ ...exampleIndex, scans: 0 }],
      duplicate: [{ ...exampleIndex, coveredBy: 'orders_status_placed_at' }],
      invalid: [{ ...exampleIndex, isBeingBuilt: false }],
    },
  });

/** Tables whose dead rows nobody has cleaned away, and those that come near to the end of transaction numbers. */
export const bloatAnswer = z
  .strictObject({
    /** Tables with more dead rows than the server lets be before it cleans. */
    tables: z.array(
      z.strictObject({
        table: z.string(),
        rows: z.int(),
        deadRows: z.int(),
        /** Dead rows from which the server cleans by itself. */
        limit: z.int(),
        bytes: z.int(),
        cleanedAt: timestampSchema.nullable(),
      }),
    ),
    /** Tables with fewer than 10 million transactions left until the server refuses to write. */
    wraparound: z.array(z.strictObject({ table: z.string(), transactionsLeft: z.int() })),
  })
  .meta({
    example: {
      tables: [{ table: 'orders', rows: 1000, deadRows: 900, limit: 250, bytes: 8_388_608, cleanedAt: exampleTime }],
      wraparound: [],
    },
  });

/** How far copies of the server are behind. */
export const replicationAnswer = z
  .strictObject({
    /** `writer`, or `reader` of a copy. */
    role: z.enum(['writer', 'reader']),
    replicas: z.array(
      z.strictObject({
        name: z.string(),
        /** As PostgreSQL says it: `streaming`, `catchup`, ... */
        state: z.string(),
        /** How long ago what it has now was written; null where it never said. */
        lagMs: z.number().nullable(),
        lagBytes: z.int().nullable(),
      }),
    ),
    /** Places in the log that the server keeps for somebody. */
    slots: z.array(
      z.strictObject({
        name: z.string(),
        isRead: z.boolean(),
        /** What the server keeps on disk for it; null where it keeps nothing. */
        keptBytes: z.int().nullable(),
      }),
    ),
  })
  .meta({
    example: {
      role: 'writer',
      replicas: [{ name: 'reader-1', state: 'streaming', lagMs: 12, lagBytes: 8_192 }],
      slots: [{ name: 'reader-1', isRead: true, keptBytes: 8_192 }],
    },
  });

export type SlowStatements = z.output<typeof slowStatementsAnswer>;
export type IndexFindings = z.output<typeof indexesAnswer>;
export type BloatFindings = z.output<typeof bloatAnswer>;
export type Replication = z.output<typeof replicationAnswer>;
