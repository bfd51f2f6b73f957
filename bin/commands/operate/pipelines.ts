import { Command } from 'commander';
import { helpAfter } from '../../command-line/help.ts';
import { type StaffedShopFlags, staffedShop } from '../../command-line/staffed-shop-options.ts';

/** `cloudmart pipelines`: how every pipeline of events is. */
export const pipelinesCommand = (): Command =>
  staffedShop(
    new Command('pipelines')
      .summary('say how every pipeline of events is')
      .description(
        'list every consumer, function and stream job that the manifests declare: whether it reads, what waits, since when, when something came last, and its dead letters',
      ),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          '"since" is how long the oldest has waited, "last" how long ago the newest event was.',
          'On AWS, Lambda, CloudWatch and SQS are asked too, with your credentials: the state of each mapping, the age of changes, what was given up, whether a stream job runs.',
          'well: somebody reads, and nothing waits for longer than it may; behind: something does; stopped: nobody reads; unknown: nobody can tell from here.',
        ],
        examples: ['npx cloudmart pipelines', 'npx cloudmart pipelines --environment production --json'],
        done: 'no pipeline is stopped or behind',
        failed: 'one is, or the shop is not there',
      }),
    )
    .action(async (flags: StaffedShopFlags) => (await import('../run/operate/pipelines.ts')).runPipelines(flags));
