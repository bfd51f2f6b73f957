import { root } from '../../../lib/checkout.ts';
import { commentOf } from '../../../lib/review/comment.ts';
import { compare, destructiveChangesOf } from '../../../lib/review/comparison.ts';
import { print, say } from '../../command-line/print.ts';
import type { DiffFlags } from '../diff.ts';

/** Prints the comparison; destruction that nobody acknowledged is a finding. */
export const runDiff = async ({ base, acknowledge = false, json }: DiffFlags): Promise<void> => {
  const comparison = await compare({ root, revision: base, progress: say });
  const destructive = destructiveChangesOf(comparison);
  print(json, { ...comparison, destructive, acknowledged: acknowledge }, () => [
    commentOf(comparison, acknowledge).replace(/\n$/, ''),
  ]);
  const [first] = destructive;
  if (!first || acknowledge) return;
  say(
    `${destructive.length} destructive changes are not acknowledged, the first: ${first.resourceType} ${first.logicalId} ${first.impact}`,
  );
  process.exitCode = 1;
};
