import type { Caller } from '../../kit/auth/caller.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { ActRepository, BegunAct } from '../storage/act-repository.ts';

/** Account of a member of staff, whom the door has let in. */
export const actorOf = (caller: Caller): string => (caller.kind === 'customer' ? caller.userId : caller.kind);

export type PerformActEffects = { readonly acts: Pick<ActRepository, 'begin' | 'end'>; readonly ids: Ids };

/** What somebody is about to do. */
export type Intent = Omit<BegunAct, 'id'>;

const codeOf = (problem: unknown): string => {
  if (problem instanceof Refusal) return problem.code;
  return problem instanceof Error ? problem.name : 'unknown';
};

/**
 * Notes an act before it is done and what came of it afterwards, so that one whose process dies in the middle stands there without an end.
 * What cannot be noted is not done.
 * @param work does it; gets the id of the act, and gives what came of it for the audit trail
 */
export const performAct = async <Result extends object>(
  { acts, ids }: PerformActEffects,
  intent: Intent,
  work: (actId: string) => Promise<{ readonly result: Result; readonly detail: Readonly<Record<string, unknown>> }>,
): Promise<Result> => {
  const id = ids.next('act');
  await acts.begin({ id, ...intent });
  try {
    const { result, detail } = await work(id);
    await acts.end(id, 'done', detail);
    return result;
  } catch (problem) {
    await acts.end(id, problem instanceof Refusal ? 'refused' : 'failed', { code: codeOf(problem) });
    throw problem;
  }
};
