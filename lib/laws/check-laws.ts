/** Checks every law against the facts, with patience for those that hold only once the platform is quiet. */
import { setTimeout as pause } from 'node:timers/promises';
import { inOrder, type Law, type LawResult } from '../../services/kit/laws/law.ts';
import { storedLaws } from '../../services/kit/laws/stored-laws.ts';
import { deadLetterLaws } from './dead-letter-law.ts';
import { eventLaws } from './event-laws.ts';
import type { Facts } from './facts.ts';
import { historyLaws } from './history-laws.ts';
import { ledgerLaws } from './ledger-law.ts';
import { providerLaws } from './provider-laws.ts';

/** Every law, in the order of their numbers. */
export const laws: readonly Law<Facts>[] = inOrder([
  ...storedLaws,
  ...providerLaws,
  ...eventLaws,
  ...ledgerLaws,
  ...historyLaws,
  ...deadLetterLaws,
]);

export type LawVerdict = LawResult & Pick<Law, 'id' | 'sentence' | 'when'>;

/** Milliseconds between two looks at laws that do not hold yet. */
const lookAgainMs = 2_000;

const judge = async (law: Law<Facts>, facts: Facts): Promise<LawVerdict> => ({
  id: law.id,
  sentence: law.sentence,
  when: law.when,
  ...(await law.check(facts)),
});

export type CheckLawsOptions = {
  /** Seconds that quiet laws are given to come true; default 0. */
  readonly patienceSeconds?: number;
  /** Told before each further look: which laws do not hold yet. */
  readonly onWait?: (waitingFor: readonly LawVerdict[]) => void;
};

/** One verdict per law. Laws that must always hold are judged once; a violation of them is never waited away. */
export const checkLaws = async (
  facts: () => Facts,
  { patienceSeconds = 0, onWait }: CheckLawsOptions = {},
): Promise<LawVerdict[]> => {
  const until = Date.now() + patienceSeconds * 1000;
  const verdicts = new Map<string, LawVerdict>();
  for (const law of laws) verdicts.set(law.id, await judge(law, facts()));
  for (;;) {
    const open = laws.filter((law) => law.when === 'quiet' && (verdicts.get(law.id)?.violations.length ?? 0) > 0);
    if (open.length === 0 || Date.now() >= until) return [...verdicts.values()];
    onWait?.(open.map(({ id }) => verdicts.get(id) as LawVerdict));
    await pause(lookAgainMs);
    for (const law of open) verdicts.set(law.id, await judge(law, facts()));
  }
};
