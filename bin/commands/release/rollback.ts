import { Argument, Command } from 'commander';
import { type SessionFlags, withSessionOptions } from '../../command-line/cluster-options.ts';
import { helpAfter } from '../../command-line/help.ts';
import { environmentOption, lookedUp } from '../../command-line/options.ts';
import { runInterruptibly } from '../../command-line/run-interruptibly.ts';

export type RollbackFlags = SessionFlags & { readonly to?: string; readonly list?: boolean };

const serviceArgument = () =>
  lookedUp(
    new Argument('[service]', 'the only service to roll back; default all that differ from the release before'),
    async (name: string) => {
      const { imagesNamed } = await import('../../../lib/services.ts');
      imagesNamed([name]);
      return name;
    },
  );

/** `cloudmart rollback`: back to an earlier release out of what the cluster holds. */
export const rollbackCommand = (): Command =>
  withSessionOptions(
    new Command('rollback')
      .summary('go back to an earlier release, and verify it')
      .description(
        'go back to an earlier release, from what the cluster itself holds; then verify as after a deployment, and tell the chat',
      )
      .addArgument(serviceArgument())
      .addOption(environmentOption('which of lib/environments.ts; must be what the cluster runs'))
      .option('--to <release>', 'revision or start of a tag of the service; without a service the id of a release')
      .option('--list', 'show what can be gone back to, and change nothing'),
  )
    .addHelpText(
      'after',
      helpAfter({
        notes: ['Doing it twice goes back once: to go further, name where to with --to.'],
        examples: [
          'npx cloudmart rollback --environment production',
          'npx cloudmart rollback order --environment production --list',
          'npx cloudmart rollback order --environment production --to 3',
        ],
        done: 'the older release serves',
        failed: 'it does not, or nothing could be rolled back',
      }),
    )
    .action((service: string | undefined, flags: RollbackFlags) =>
      runInterruptibly('run the same command again to finish and to verify', async (signal) =>
        (await import('../run/release/rollback.ts')).runRollback(service, flags, signal),
      ),
    );
