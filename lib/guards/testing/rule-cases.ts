/** Planted templates that break a rule, and ones that keep it. */
import type { Planted } from '../../testing/planted-resources.ts';
import type { Rule } from '../rule.ts';

export type LawCases = {
  /** Rule, what is planted, the resources of one protected stack, and what the refusal says. */
  readonly broken: readonly (readonly [Rule, string, Planted, RegExp])[];
  /** Rule, what is planted, and resources that it lets pass. */
  readonly kept: readonly (readonly [Rule, string, Planted])[];
};
