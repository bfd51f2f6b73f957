import { Command } from 'commander';
import { root } from '../../lib/checkout.ts';

type Options = { base: string; acknowledge?: boolean; json?: boolean };

/** `cloudmart diff`: a review comment on what the working tree changes in every environment. */
export const diffCommand = (): Command =>
  new Command('diff')
    .description(
      'compare templates and Kubernetes objects of every environment with a revision, as one Markdown comment',
    )
    .requiredOption('--base <revision>', 'branch, tag or commit to compare with')
    .option('--acknowledge', 'exit with 0 although something is destroyed or replaced')
    .option('--json', 'print the comparison as one line of JSON')
    .action(async ({ base, acknowledge = false, json }: Options) => {
      const { compare, destructiveChangesOf } = await import('../../lib/review/comparison.ts');
      const { commentOf } = await import('../../lib/review/comment.ts');
      const comparison = await compare({
        root,
        revision: base,
        progress: (sentence) => process.stderr.write(`${sentence}\n`),
      });
      const destructive = destructiveChangesOf(comparison);
      process.stdout.write(
        json
          ? `${JSON.stringify({ ...comparison, destructive, acknowledged: acknowledge })}\n`
          : commentOf(comparison, acknowledge),
      );
      if (destructive.length > 0 && !acknowledge) {
        process.stderr.write(
          `${destructive.length} destructive changes are not acknowledged, the first: ${destructive[0]?.resourceType} ${destructive[0]?.logicalId} ${destructive[0]?.impact}\n`,
        );
        process.exitCode = 1;
      }
    });
