import type {
  BloatFindings,
  BlockedSessions,
  Connections,
  DatabaseSession,
  IndexFindings,
  Replication,
  SlowStatements,
} from '../../../../lib/shop/operations-views.ts';
import type { AdminSession } from '../../../../lib/shop/staff-session.ts';
import { actOf } from '../../../command-line/act-options.ts';
import { type ToldRow, toldRows } from '../../../command-line/labelled.ts';
import { columns, paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { DbAction, DbFlags } from '../../operate/db.ts';

type Operations = AdminSession['operations'];

/** What one look says, and whether somebody has to do something. */
type Told = { readonly lines: readonly string[]; readonly isFinding: boolean };

/** Letters of a statement that are shown; --json has all. */
const SHOWN = 100;

const oneLine = (query: string) => query.replaceAll(/\s+/g, ' ').slice(0, SHOWN);

const SESSION_CELLS = ['session', 'began', 'who', 'open'];

/** @param depth how many others it waits behind */
const sessionRow = (session: DatabaseSession, wants: string | null = null, depth = 0): ToldRow => {
  const { pid, queryStart, application, state, transactionMs, query } = session;
  return {
    cells: [
      `${'  '.repeat(depth)}${pid}`,
      queryStart ?? '-',
      application,
      transactionMs === null ? '-' : `${Math.round(transactionMs / 1000)} s`,
    ],
    text: `${[state, wants === null ? '' : `wants ${wants}`].filter(Boolean).join(', ')}: ${oneLine(query)}`,
  };
};

const listOf = (title: string, rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [paint('bad', title), ...columns(rows.map((row) => [...row]))];

const slow = ({ lacking, since, statements }: SlowStatements): Told => ({
  lines: lacking
    ? [paint('doubtful', lacking)]
    : [
        `since ${since ?? 'nobody knows when'}`,
        ...columns([
          ['total', 'calls', 'mean', 'slowest', 'in memory', 'statement'],
          ...statements.map((one) => [
            `${Math.round(one.totalMs)} ms`,
            String(one.calls),
            `${one.meanMs.toFixed(1)} ms`,
            `${one.maxMs.toFixed(1)} ms`,
            one.hitPercent === null ? '-' : `${one.hitPercent.toFixed(1)} %`,
            oneLine(one.query),
          ]),
        ]),
      ],
  isFinding: lacking !== null,
});

const locks = ({ sessions }: BlockedSessions): Told => ({
  lines:
    sessions.length === 0
      ? [paint('good', 'nobody waits')]
      : toldRows([
          { cells: SESSION_CELLS, text: 'state, what it wants: statement' },
          ...sessions.map((session) => sessionRow(session, session.wants, session.depth)),
        ]),
  isFinding: sessions.length > 0,
});

const pool = ({ most, used, pools, longTransactions }: Connections): Told => ({
  lines: [
    `${used} of ${most} connections of the server are used`,
    ...columns([
      ['who', 'active', 'waiting', 'idle', 'idle in transaction'],
      ...pools.map((one) => [
        one.application || one.role,
        ...[one.active, one.waiting, one.idle, one.idleInTransaction].map(String),
      ]),
    ]),
    ...(longTransactions.length === 0
      ? []
      : [
          paint('bad', 'open for over two minutes'),
          ...toldRows(longTransactions.map((session) => sessionRow(session))),
        ]),
  ],
  isFinding: longTransactions.length > 0,
});

const indexes = ({ since, missing, unused, duplicate, invalid }: IndexFindings): Told => {
  const found = [
    ...listOf(
      'tables that lack an index',
      missing.map((one) => [
        one.table,
        `${one.rows} rows`,
        `${one.indexPercent.toFixed(1)} % of its scans by an index`,
      ]),
    ),
    ...listOf(
      `indexes that nobody reads, since ${since ?? 'the database was made'}`,
      unused.map((one) => [one.index, `${one.scans} scans`, `${one.bytes} bytes`, one.definition]),
    ),
    ...listOf(
      'indexes that another one covers',
      duplicate.map((one) => [one.index, `covered by ${one.coveredBy}`, `${one.bytes} bytes`, one.definition]),
    ),
    ...listOf(
      'indexes that are not whole',
      invalid.map((one) => [
        one.index,
        one.isBeingBuilt ? 'is being built' : 'drop it and build it again',
        one.definition,
      ]),
    ),
  ];
  return { lines: found.length === 0 ? [paint('good', 'nothing found')] : found, isFinding: found.length > 0 };
};

const bloat = ({ tables, wraparound }: BloatFindings): Told => {
  const found = [
    ...listOf(
      'tables with more dead rows than vacuum lets be',
      tables.map((one) => [
        one.table,
        `${one.deadRows} dead of ${one.rows}, limit ${one.limit}`,
        one.cleanedAt ?? 'never',
      ]),
    ),
    ...listOf(
      'tables that come near to the end of transaction numbers',
      wraparound.map((one) => [one.table, `${one.transactionsLeft} left`]),
    ),
  ];
  return { lines: found.length === 0 ? [paint('good', 'nothing found')] : found, isFinding: found.length > 0 };
};

const replication = ({ role, replicas, slots }: Replication): Told => ({
  lines: [
    `this is the ${role}; ${replicas.length === 0 ? 'it has no copies' : 'copies:'}`,
    ...columns(
      replicas.map((one) => [
        one.name,
        one.state,
        one.lagMs === null ? '-' : `${Math.round(one.lagMs)} ms`,
        one.lagBytes === null ? '-' : `${one.lagBytes} bytes`,
      ]),
    ),
    ...listOf(
      'the log is kept for somebody who does not read it',
      slots.filter(({ isRead }) => !isRead).map(({ name, keptBytes }) => [name, `${keptBytes ?? 0} bytes`]),
    ),
  ],
  isFinding: slots.some(({ isRead }) => !isRead),
});

const tell = <Answer>(flags: DbFlags, answer: Answer, told: (answer: Answer) => Told): void => {
  const { lines, isFinding } = told(answer);
  print(flags.json, answer, () => [...lines]);
  if (isFinding) process.exitCode = 1;
};

const cancel = async (operations: Operations, name: string, flags: DbFlags) => {
  const { pid = 0, started: queryStart = '' } = flags;
  const answer = await operations.cancelStatement({ params: { name }, body: { pid, queryStart, ...actOf(flags) } });
  const { session, isCancelled } = answer;
  print(flags.json, answer, () => [
    `${isCancelled ? paint('good', 'cancelled') : 'would be cancelled'}: ${session.application} ${oneLine(session.query)}`,
  ]);
};

const explain = async (operations: Operations, name: string, { query = '', json }: DbFlags) => {
  const answer = await operations.explainStatement({ params: { name }, body: { query } });
  print(json, answer, () => [...answer.plan]);
};

/** Looks at one database, or does one thing there, as staff of the shop; exit code 1 where something was found. */
export const runDb = async (action: DbAction, flags: DbFlags): Promise<void> => {
  // Before anybody signs in: without a reason it is wrong usage.
  if (action === 'cancel') actOf(flags);
  const { database: name, limit } = flags;
  const params = { name };
  await signedInAsStaff(flags, ({ operations }) =>
    ({
      slow: async () => tell(flags, await operations.slowStatements({ params, query: { limit } }), slow),
      locks: async () => tell(flags, await operations.blockedSessions({ params }), locks),
      pool: async () => tell(flags, await operations.connections({ params }), pool),
      indexes: async () => tell(flags, await operations.indexes({ params }), indexes),
      bloat: async () => tell(flags, await operations.bloat({ params }), bloat),
      replication: async () => tell(flags, await operations.replication({ params }), replication),
      explain: () => explain(operations, name, flags),
      cancel: () => cancel(operations, name, flags),
    })[action](),
  );
};
