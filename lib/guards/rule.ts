import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { StackTemplate } from '../templates/template.ts';

/** One breach: where, what is wrong, and what to do. */
export type Breach = {
  readonly stack: StackTemplate;
  /** Absent: the breach concerns the whole stack. */
  readonly logicalId?: string;
  readonly sentence: string;
};

/** The resource that breaks a rule, and the sentence about it. */
export type RuleBreach = readonly [logicalId: string, sentence: string];

export type Rule = {
  /** Name by which an exception is acknowledged, `Rules::<name>`. */
  readonly name: string;
  /** One sentence: what must hold. */
  readonly title: string;
  /** Judges all stacks of one environment together, and against what the manifests of its services declare. */
  breaches(stacks: readonly StackTemplate[], services: readonly ServiceManifest[]): readonly Breach[];
};

/** A rule that looks at one stack at a time. */
export const stackRule = (
  name: string,
  title: string,
  judge: (stack: StackTemplate) => readonly RuleBreach[],
): Rule => ({
  name,
  title,
  breaches: (stacks) =>
    stacks.flatMap((stack) => judge(stack).map(([logicalId, sentence]) => ({ stack, logicalId, sentence }))),
});
