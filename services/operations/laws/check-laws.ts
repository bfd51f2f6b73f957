import type { LawVerdict } from '../../contracts/http/operations/laws-doors.ts';
import { storedLaws } from '../../kit/laws/stored-laws.ts';
import { lawsUnderWay } from '../domain/operations-refusals.ts';
import type { LastCheck, LawCheckRepository } from '../storage/law-check-repository.ts';
import { type PerformActEffects, performAct } from '../use-cases/perform-act.ts';
import { type JudgeLawsEffects, judgeLaws } from './judge-laws.ts';

export type CheckLawsEffects = PerformActEffects & JudgeLawsEffects & { readonly checks: LawCheckRepository };

const idsOf = (laws: readonly LawVerdict[], state: LawVerdict['state']) =>
  laws.filter((law) => law.state === state).map(({ id }) => id);

/** Checks the laws, keeps what came of it for whoever looks next, and notes who asked; one check at a time. */
export const checkLaws = (effects: CheckLawsEffects, actor: string): Promise<LastCheck> => {
  const { checks } = effects;
  const subject = { laws: storedLaws.map(({ id }) => id) };
  const intent = { actor, act: 'laws.check', subject, reason: 'asked whether the laws of the data hold' };
  return performAct(effects, intent, async (actId) => {
    if (!(await checks.begin(actId))) throw lawsUnderWay();
    try {
      const laws = await judgeLaws(effects);
      await checks.end(actId, actor, laws);
      const detail = { broken: idsOf(laws, 'broken'), unchecked: idsOf(laws, 'unchecked') };
      return { result: await checks.last(), detail };
    } catch (problem) {
      await checks.giveUp(actId);
      throw problem;
    }
  });
};
