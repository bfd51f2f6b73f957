/** `cloudmart checklist`: asks machines where they can tell and people where they cannot, and keeps what was said. */

import type { PreflightReport } from '../preflight/preflight.ts';
import { type Automatic, type ChecklistItem, type ChecklistPhase, checklistItems } from './checklist-items.ts';

/** What a person said, with a remark for whoever reads the record. */
export type PersonAnswer = { readonly answer: 'yes' | 'no'; readonly note?: string };

/** `open`: nobody has told yet. */
export type ItemState = 'done' | 'refused' | 'open';

export type ItemResult = Pick<ChecklistItem, 'id' | 'statement' | 'reason'> & {
  readonly how: 'machine' | 'person';
  readonly state: ItemState;
  /** What was seen or said. */
  readonly detail: string;
  /** ISO 8601, UTC. */
  readonly at: string;
};

/** What a machine saw. `open`: it could not look. */
export type ItemVerdict = { readonly state: ItemState; readonly detail: string };

export type ChecklistSources = {
  readonly preflight: () => Promise<PreflightReport>;
  readonly commit: () => Promise<ItemVerdict>;
  readonly verify: () => Promise<ItemVerdict>;
  /** Absent: a person is asked instead. */
  readonly laws: (() => Promise<ItemVerdict>) | undefined;
};

export type ChecklistRequest = {
  readonly phase: ChecklistPhase;
  readonly sources: ChecklistSources;
  /** Answers by item, given beforehand. */
  readonly answers: Readonly<Record<string, PersonAnswer>>;
  /** Asks a person; absent: nobody is there, and an item without an answer stays open. */
  readonly ask: ((item: ChecklistItem) => Promise<PersonAnswer | undefined>) | undefined;
  /** Told of each item as it is settled. */
  readonly settled: (result: ItemResult) => Promise<void>;
  /** Time of now, ISO 8601. */
  readonly now: () => string;
};

const preflightVerdict = ({ checks, findings }: PreflightReport, wanted: readonly string[]): ItemVerdict => {
  const seen = checks.filter(({ check }) => wanted.includes(check));
  const found = seen.flatMap(({ check, state }) => (state === 'found' ? [check] : []));
  if (found.length > 0) {
    const own = findings.filter(({ check }) => found.includes(check));
    return { state: 'refused', detail: own.map(({ code, problem }) => `${code}: ${problem}`).join('; ') };
  }
  const open = seen.find(({ state }) => state === 'not-checked');
  if (open || seen.length < wanted.length) return { state: 'open', detail: open?.summary ?? 'not looked at' };
  return { state: 'done', detail: seen.map(({ check, summary }) => `${check}: ${summary}`).join('; ') };
};

/** Items of a phase, in the order in which they are asked. */
export const itemsOf = (phase: ChecklistPhase): readonly ChecklistItem[] =>
  checklistItems.filter((item) => item.phase === phase);

/** Whether a machine tells of an item, with these sources. */
export const isAutomatic = ({ automatic }: ChecklistItem, { laws }: ChecklistSources): boolean =>
  automatic !== undefined && !(automatic.by === 'laws' && !laws);

/**
 * Refuses answers that nobody may give: to an item that the phase does not have, or to one that a machine tells.
 * Throws one sentence.
 */
export const checkAnswers = (phase: ChecklistPhase, ids: readonly string[], sources: ChecklistSources): void => {
  const items = itemsOf(phase);
  for (const id of ids) {
    const item = items.find((candidate) => candidate.id === id);
    if (!item)
      throw new Error(
        `there is no item "${id}" in phase ${phase}; known are ${items.map((known) => known.id).join(', ')}`,
      );
    if (isAutomatic(item, sources))
      throw new Error(`"${id}" is told by a machine and takes no answer; mend what it finds and run the list again`);
  }
};

/** Goes through the items of a phase in order and returns what became of each. A source that fails leaves its items open. */
export const runChecklist = async ({
  phase,
  sources,
  answers,
  ask,
  settled,
  now,
}: ChecklistRequest): Promise<ItemResult[]> => {
  let report: Promise<PreflightReport> | undefined;
  const verdictOf = async (automatic: Automatic): Promise<ItemVerdict> => {
    try {
      if (automatic.by === 'preflight') {
        report ??= sources.preflight();
        return preflightVerdict(await report, automatic.checks);
      }
      return (await sources[automatic.by]?.()) ?? { state: 'open', detail: 'not looked at' };
    } catch (problem) {
      return { state: 'open', detail: `could not look: ${(problem as Error).message}` };
    }
  };
  const answerTo = async (item: ChecklistItem): Promise<ItemVerdict> => {
    const given = answers[item.id] ?? (await ask?.(item));
    if (!given) return { state: 'open', detail: 'nobody has answered' };
    const said = given.note ? `${given.answer}: ${given.note}` : given.answer;
    return { state: given.answer === 'yes' ? 'done' : 'refused', detail: said };
  };
  const results: ItemResult[] = [];
  for (const item of itemsOf(phase)) {
    const { id, statement, reason, automatic } = item;
    const byMachine = automatic && isAutomatic(item, sources);
    const verdict = byMachine ? await verdictOf(automatic) : await answerTo(item);
    const result: ItemResult = { id, statement, reason, how: byMachine ? 'machine' : 'person', ...verdict, at: now() };
    results.push(result);
    await settled(result);
  }
  return results;
};
