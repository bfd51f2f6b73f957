/** Checks the laws that databases can tell beside a shop that sells: reading only, for a short time, with few rows in memory. */
import { setTimeout as pause } from 'node:timers/promises';
import { type LawVerdict, mostCounted, mostNamed } from '../../contracts/http/operations/laws-doors.ts';
import type { Law, LawResult, Read, Row } from '../../kit/laws/law.ts';
import { storedLaws } from '../../kit/laws/stored-laws.ts';
import type { Database } from '../../kit/storage/database.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import { look } from '../databases/look.ts';
import { databaseUnknown } from '../domain/operations-refusals.ts';

export type JudgeLawsEffects = {
  /** Those that the manifest observes, by name. */
  readonly databases: ReadonlyMap<string, Database>;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type JudgeLawsLimits = {
  /** Milliseconds for one law; default 4,000. */
  readonly lawMs?: number;
  /** Milliseconds for all of them; default 20,000. */
  readonly allMs?: number;
};

/** Seconds after which an order that is owed something counts as stuck: the order service gives up long before. */
const limitSeconds = 900;
/** Milliseconds until what was under way is looked at once more. */
const lookAgainMs = 2_000;

/** What is left out of a law here. */
const promises = 'Without what clients remember of their orders; "npx cloudmart laws --history" compares it.';
const leftOut: ReadonlyMap<string, string> = new Map([
  ['I1', promises],
  ['I2', promises],
]);

const countedTo = `Violations are counted up to ${mostCounted}; there may be more.`;

const tooLong = (milliseconds: number) =>
  `It takes longer than the ${milliseconds / 1000} s that it is given beside a shop that sells; ask again in a quieter hour.`;

class OutOfTime extends Error {}

const isOutOfTime = (problem: unknown) =>
  problem instanceof OutOfTime || (problem instanceof Refusal && problem.code === 'database.look-timeout');

const verdictOf = ({ id, sentence, when }: Law, { checked, violations }: LawResult): LawVerdict => ({
  ...{ id, sentence, when },
  state: violations.length === 0 ? 'holds' : 'broken',
  checked,
  violations: Math.min(violations.length, mostCounted),
  named: violations.slice(0, mostNamed),
  note: [leftOut.get(id), violations.length >= mostCounted && countedTo].filter(Boolean).join(' ') || null,
});

const uncheckedFor = ({ id, sentence, when }: Law, note: string): LawVerdict => ({
  ...{ id, sentence, when },
  state: 'unchecked',
  checked: null,
  violations: 0,
  named: [],
  note,
});

/**
 * One verdict per law of databases. A law that cannot be asked is `unchecked` and hides none of the others; one that holds once the shop
 * is quiet is broken if it was when it was looked at twice.
 */
export const judgeLaws = async (
  { databases, clock, logger }: JudgeLawsEffects,
  { lawMs = 4_000, allMs = 20_000 }: JudgeLawsLimits = {},
): Promise<LawVerdict[]> => {
  const allUntil = performance.now() + allMs;

  const judge = async (law: Law): Promise<LawVerdict> => {
    const until = Math.min(performance.now() + lawMs, allUntil);
    const reader =
      (name: string): Read =>
      async <R extends Row>(text: string, values: readonly unknown[] = []) => {
        const database = databases.get(name);
        if (!database) throw databaseUnknown(name, [...databases.keys()]);
        const left = until - performance.now();
        if (left <= 0) throw new OutOfTime();
        const limited = `SELECT * FROM (${text}) AS asked LIMIT ${mostCounted}`;
        const { rows } = await look(database, (tx) => tx.query<R>(limited, values), { statementTimeoutMs: left });
        return rows;
      };
    try {
      const [orders, products, payments] = [reader('orders'), reader('products'), reader('payments')];
      const facts = { orders, products, payments, promises: [], now: clock.now(), limitSeconds };
      return verdictOf(law, await law.check(facts));
    } catch (problem) {
      if (isOutOfTime(problem)) return uncheckedFor(law, tooLong(lawMs));
      if (problem instanceof Refusal) return uncheckedFor(law, problem.message);
      logger.error({ error: problem, law: law.id }, 'a law could not be checked');
      return uncheckedFor(law, 'Its question failed; the log of the operations service says how.');
    }
  };

  const verdicts: LawVerdict[] = [];
  for (const law of storedLaws) verdicts.push(await judge(law));
  const isUnderWay = ({ when, state }: LawVerdict) => when === 'quiet' && state === 'broken';
  if (!verdicts.some(isUnderWay)) return verdicts;
  await pause(lookAgainMs);
  for (const [at, law] of storedLaws.entries()) {
    const verdict = verdicts[at];
    if (verdict && isUnderWay(verdict)) verdicts[at] = await judge(law);
  }
  return verdicts;
};
