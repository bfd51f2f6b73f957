/** Sessions and statements of a PostgreSQL database, as staff see them, and what can be done about one. */
import { z } from 'zod';
import { actBody } from './acts-api.ts';

/** Characters of a statement that are told; the server itself keeps the first 1,024 bytes of a running one. */
export const mostStatementCharacters = 1_000;

/** With the microseconds by which the server tells two statements of one connection apart. */
export const queryStartSchema = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
    'must be a time in UTC with microseconds, as the lists of sessions have it',
  )
  .meta({ example: '2026-11-29T10:15:00.123456Z' });

const pidSchema = z.int().min(1).max(2_147_483_647);

/** A statement in examples. */
export const exampleStatement = 'SELECT id FROM orders WHERE status = $1';

const exampleSession = {
  pid: 4711,
  queryStart: '2026-11-29T10:15:00.123456Z',
  role: 'order',
  application: 'order@host:1',
  state: 'idle in transaction',
  waitsFor: null,
  transactionMs: 130_000,
  query: exampleStatement,
};

/** One connection of a client. */
export const sessionSchema = z
  .strictObject({
    pid: z.int(),
    /** When its last statement began; with `pid` it names the statement. Null before the first one. */
    queryStart: queryStartSchema.nullable(),
    role: z.string(),
    /** `<service>@<host>:<process id>` for services of the platform. */
    application: z.string(),
    /** As PostgreSQL says it: `active`, `idle`, `idle in transaction`, ... */
    state: z.string(),
    /** What it waits for, `<kind>: <event>` in PostgreSQL's words; null: it works, or waits for its client. */
    waitsFor: z.string().nullable(),
    /** How long its transaction has been open; null without one. */
    transactionMs: z.int().nullable(),
    /** Its statement, or the last one. */
    query: z.string(),
  })
  .meta({ example: exampleSession });

/** Who waits for whom, as a tree: each session stands below the one that it waits for. */
export const blockedSessionsAnswer = z
  .strictObject({
    sessions: z.array(
      sessionSchema.extend({
        /** 0: waits for nobody, and others wait for it. */
        depth: z.int(),
        /** Sessions that it waits for. */
        blockedBy: z.array(z.int()),
        /** `<mode> on <table>`; null where it waits for no lock. */
        wants: z.string().nullable(),
      }),
    ),
  })
  .meta({ example: { sessions: [{ ...exampleSession, depth: 0, blockedBy: [], wants: null }] } });

const examplePool = {
  role: 'order',
  application: 'order@host:1',
  active: 1,
  idle: 3,
  idleInTransaction: 1,
  waiting: 0,
};

/** Who holds how many connections, and who holds a transaction open for long. */
export const connectionsAnswer = z
  .strictObject({
    /** Connections of the whole server: those that clients may have, and those that they have. */
    most: z.int(),
    used: z.int(),
    /** Connections to this database, most first. */
    pools: z.array(
      z.strictObject({
        role: z.string(),
        application: z.string(),
        active: z.int(),
        idle: z.int(),
        idleInTransaction: z.int(),
        /** Of the active ones, those that wait for a lock. */
        waiting: z.int(),
      }),
    ),
    /** Transactions that have been open for over two minutes, oldest first. */
    longTransactions: z.array(sessionSchema),
  })
  .meta({ example: { most: 97, used: 40, pools: [examplePool], longTransactions: [exampleSession] } });

/** Longest statement that is explained. */
const mostExplainedCharacters = 8_000;

export const explainBody = z
  .strictObject({
    /** One statement, `$1` and so on in place of values where there are any. It is planned and not run. */
    query: z.string().trim().min(1).max(mostExplainedCharacters),
  })
  .meta({ example: { query: exampleStatement } });

export const explainAnswer = z
  .strictObject({
    /** As PostgreSQL's EXPLAIN writes it. */
    plan: z.array(z.string()),
    /** What the planner thinks that it costs, in its own unit. */
    totalCost: z.number(),
    rows: z.number(),
  })
  .meta({
    example: {
      plan: ['Index Scan using orders_status on orders  (cost=0.28..8.29 rows=1 width=30)'],
      totalCost: 8.29,
      rows: 1,
    },
  });

export const cancelBody = z
  .strictObject({
    pid: pidSchema,
    /** When the statement began: a later statement, or another connection that got the same `pid`, is left alone. */
    queryStart: queryStartSchema,
    ...actBody,
  })
  .meta({
    example: { pid: 4711, queryStart: exampleSession.queryStart, reason: 'holds up all orders', dryRun: true },
  });

export const cancelAnswer = z
  .strictObject({ session: sessionSchema, isCancelled: z.boolean() })
  .meta({ example: { session: exampleSession, isCancelled: false } });

export type DatabaseSession = z.output<typeof sessionSchema>;
export type BlockedSessions = z.output<typeof blockedSessionsAnswer>;
export type Connections = z.output<typeof connectionsAnswer>;
export type ExplainedStatement = z.output<typeof explainAnswer>;
export type CancelledStatement = z.output<typeof cancelAnswer>;
