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
  /** Resolves when what was under way is looked at once more; default after two seconds. */
  readonly untilSecondLook?: () => Promise<unknown>;
};

/** Seconds after which an order that is owed something counts as stuck: the order service gives up long before. */
const limitSeconds = 900;

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
 * One verdict per law of databases. A law that cannot be asked is `unchecked` and hides none of the others. One that holds once the shop is
 * quiet is broken by what broke it at both of two looks: a shop that sells has other orders under way at each.
 */
export const judgeLaws = async (
  { databases, clock, logger }: JudgeLawsEffects,
  { lawMs = 4_000, allMs = 20_000, untilSecondLook = () => pause(2_000) }: JudgeLawsLimits = {},
): Promise<LawVerdict[]> => {
  const allUntil = performance.now() + allMs;

  const ask = (law: Law): Promise<LawResult> => {
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
    const [orders, products, payments] = [reader('orders'), reader('products'), reader('payments')];
    return law.check({ orders, products, payments, promises: [], now: clock.now(), limitSeconds });
  };

  const whyUnchecked = (law: Law, problem: unknown): string => {
    if (isOutOfTime(problem)) return tooLong(lawMs);
    if (problem instanceof Refusal) return problem.message;
    logger.error({ error: problem, law: law.id }, 'a law could not be checked');
    return 'Its question failed; the log of the operations service says how.';
  };

  const looks = new Map<Law, LawResult | { readonly unchecked: string }>();
  const lookAt = async (law: Law) =>
    looks.set(law, await ask(law).catch((problem: unknown) => ({ unchecked: whyUnchecked(law, problem) })));
  for (const law of storedLaws) await lookAt(law);

  const underWay = [...looks].flatMap(([law, found]) =>
    law.when === 'quiet' && 'violations' in found && found.violations.length > 0 ? [{ law, first: found }] : [],
  );
  if (underWay.length > 0) await untilSecondLook();
  for (const { law, first } of underWay) {
    await lookAt(law);
    const second = looks.get(law);
    if (!second || !('violations' in second)) continue;
    const before = new Set(first.violations.map(({ subject }) => subject));
    looks.set(law, { ...second, violations: second.violations.filter(({ subject }) => before.has(subject)) });
  }
  return [...looks].map(([law, found]) =>
    'violations' in found ? verdictOf(law, found) : uncheckedFor(law, found.unchecked),
  );
};
