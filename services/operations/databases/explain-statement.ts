import type { ExplainedStatement } from '../../contracts/http/operations/database-sessions-api.ts';
import type { Database, Sql } from '../../kit/storage/database.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { type LookLimits, look } from './look.ts';

type Plan = { readonly 'Total Cost': number; readonly 'Plan Rows': number };

const asRefusal = (problem: unknown): unknown => {
  const { code = '', message = '', cause } = problem as { code?: string; message?: string; cause?: { code?: string } };
  // read_only_sql_transaction: to plan it, the server ran a function that is marked as IMMUTABLE and writes.
  if (cause?.code === '25006')
    return new Refusal(
      'forbidden',
      'database.statement-forbidden',
      'the statement writes while it is planned; it was stopped',
      {
        cause: problem,
      },
    );
  if (/multiple commands/.test(message))
    return new Refusal(
      'invalid',
      'database.several-statements',
      'the query holds several statements; explain one at a time',
      {
        cause: problem,
      },
    );
  // Syntax errors and unknown names (42), data that does not fit (22), what the server does not do (0A).
  if (!/^(42|22|0A)/.test(code)) return problem;
  const isForbidden = code === '42501';
  return new Refusal(
    isForbidden ? 'forbidden' : 'invalid',
    isForbidden ? 'database.statement-forbidden' : 'database.statement-malformed',
    `the database does not plan this statement: ${message}${isForbidden ? '; explain one that only reads, of tables that staff may read' : ''}`,
    { cause: problem },
  );
};

/** EXPLAIN with options in parentheses takes a statement and no further option, so that nobody can put an ANALYZE before theirs. */
const explain = async (tx: Sql, query: string, isGeneric: boolean): Promise<{ plan: string[]; top: Plan }> => {
  const ask = <Row>(options: string) =>
    // Given any values, the server would plan for these; so a statement with places for them goes without the check, which it has passed.
    tx.query<Row>(`EXPLAIN (ANALYZE false${options}) ${query}`, undefined, { isOneStatement: !isGeneric });
  const generic = isGeneric ? ', GENERIC_PLAN' : '';
  const { rows: lines } = await ask<{ 'QUERY PLAN': string }>(generic);
  const { rows } = await ask<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`${generic}, FORMAT json`);
  const top = rows[0]?.['QUERY PLAN'][0].Plan ?? { 'Total Cost': 0, 'Plan Rows': 0 };
  return { plan: lines.map((line) => line['QUERY PLAN']), top };
};

/** Whether the server has parsed the text as one statement and then lacked the values; only it can tell `$1` from `'$1'`. */
const lacksValues = (problem: unknown): boolean => {
  const { cause = problem } = problem as { cause?: unknown };
  return /bind message supplies 0 parameters, but prepared statement/.test(String(cause));
};

/**
 * How PostgreSQL would carry out a statement; it is planned, never run, in a read-only transaction with limits.
 * Throws a refusal for several statements, for one that is malformed, and for one whose tables the service may not use so.
 */
export const explainStatement = async (
  database: Database,
  query: string,
  limits?: LookLimits,
): Promise<ExplainedStatement> => {
  const statement = query.trim().replace(/(\s*;)+$/, '');
  const planned = (isGeneric: boolean) => look(database, (tx) => explain(tx, statement, isGeneric), limits);
  try {
    const { plan, top } = await planned(false).catch((problem: unknown) => {
      if (lacksValues(problem)) return planned(true);
      throw problem;
    });
    return { plan, totalCost: top['Total Cost'], rows: top['Plan Rows'] };
  } catch (problem) {
    throw asRefusal(problem);
  }
};
