import { Command } from 'commander';
import { helpAfter } from '../command-line/help.ts';
import { jsonOption } from '../command-line/options.ts';

export type DiffFlags = { readonly base: string; readonly acknowledge?: boolean; readonly json?: boolean };

/** `cloudmart diff`: a review comment on what the working tree changes in every environment. */
export const diffCommand = (): Command =>
  new Command('diff')
    .summary('say what the working tree changes in every environment')
    .description(
      'compare templates and Kubernetes objects of every environment with a revision, as one Markdown comment',
    )
    .requiredOption('--base <revision>', 'branch, tag or commit to compare with')
    .option('--acknowledge', 'exit with 0 although something is destroyed or replaced')
    .addOption(jsonOption('print the comparison as one line of JSON'))
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart diff --base main', 'npx cloudmart diff --base main --json > diff.json'],
        done: 'nothing is destroyed or replaced, or you acknowledged it',
        failed: 'something is',
      }),
    )
    .action(async (flags: DiffFlags) => (await import('./run/diff.ts')).runDiff(flags));
