import { ApiProblem, NoAnswer } from '../../services/contracts/http/ask.ts';

/** A shop that did not answer, or could not: with what the person at the keyboard can do about it. */
class ShopAway extends Error {
  /** Stable name of the reason for scripts: that of the shop where it gave one, else `shop.no-answer`. */
  readonly code: string;

  constructor(problem: ApiProblem | NoAnswer, advice: string) {
    super(`${problem.message.replace(/[.;]$/, '')}; ${advice}`, { cause: problem });
    this.name = 'ShopAway';
    this.code = problem instanceof ApiProblem ? problem.code : 'shop.no-answer';
  }
}

/** {@link ShopAway} for a shop that did not come to answer; what it refused, and any other error, stays what it is. */
export const explainAwayShop = (problem: unknown, advice: string): unknown => {
  const isAway = (problem instanceof ApiProblem && problem.status >= 500) || problem instanceof NoAnswer;
  return isAway ? new ShopAway(problem, advice) : problem;
};
