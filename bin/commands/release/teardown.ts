import { Command, Option } from 'commander';
import type { Environment } from '../../../lib/environment/environment.ts';
import { helpAfter } from '../../command-line/help.ts';
import { accountOption, confirmOption, environmentArgument, jsonOption } from '../../command-line/options.ts';
import { runInterruptibly } from '../../command-line/run-interruptibly.ts';

export type TeardownFlags = {
  readonly confirm?: Environment;
  readonly app?: string;
  readonly account?: string;
  readonly json?: boolean;
};

/** `cloudmart teardown ENVIRONMENT`: an account in which the next deployment works. */
export const teardownCommand = (): Command =>
  new Command('teardown')
    .summary('delete an environment that is not protected')
    .description(
      'delete every stack of an environment but Delivery, data included, and what AWS leaves beside the stacks: instance profiles, validation records and log groups, on which the next deployment would fail',
    )
    .addArgument(environmentArgument())
    .addOption(confirmOption('name of the environment once more; without it nothing is deleted'))
    .addOption(new Option('--app <dir>', 'assembly that was deployed; default this checkout, synthesized'))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: ['npx cloudmart teardown dev --confirm dev --account 111122223333'],
        done: 'the environment is gone, and can be deployed again',
        failed: 'something stays, and the reason is printed',
      }),
    )
    .action((environment: Environment, flags: TeardownFlags) =>
      runInterruptibly('CloudFormation goes on with the stack in hand; run the same command again', async (signal) =>
        (await import('../run/release/teardown.ts')).runTeardown(environment, flags, signal),
      ),
    );
