/** Planted templates that break a law, and ones that keep it. */
import type { Planted } from '../../testing/planted-resources.ts';
import type { Law } from '../law.ts';

export type LawCases = {
  /** Law, what is planted, the resources of one protected stack, and what the refusal says. */
  readonly broken: readonly (readonly [Law, string, Planted, RegExp])[];
  /** Law, what is planted, and resources that it lets pass. */
  readonly kept: readonly (readonly [Law, string, Planted])[];
};
