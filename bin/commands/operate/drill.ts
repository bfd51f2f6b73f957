import { Argument, Command, InvalidArgumentError } from 'commander';
import type { Drill } from '../../../lib/drills/drill.ts';
import { HIGHEST_BASE, LOWEST_BASE } from '../../../lib/local/ports.ts';
import { helpAfter } from '../../command-line/help.ts';
import { dataOption, jsonOption, lookedUp, numberOption } from '../../command-line/options.ts';
import { runInterruptibly } from '../../command-line/run-interruptibly.ts';

export type DrillFlags = {
  readonly list?: boolean;
  readonly data: string;
  readonly reports?: string;
  readonly portBase?: number;
  readonly json?: boolean;
};

/** `cloudmart drill`: losses rehearsed on a shop of its own. */
export const drillCommand = (): Command =>
  new Command('drill')
    .summary('rehearse a loss on a shop of its own, and judge it')
    .description('start a shop of its own, inflict a loss while customers buy, answer it, and check what must be true')
    .addArgument(
      lookedUp(new Argument('[name]', 'which; --list shows them'), async (name: string) =>
        (await import('../../../lib/drills/drills.ts')).drillNamed(name),
      ),
    )
    .option('--list', 'say which drills there are, and do nothing')
    .option('--reports <dir>', 'folder of reports; default reports in the data folder')
    .addOption(dataOption('folder whose reports are meant; its shop is left alone'))
    .addOption(
      numberOption('--port-base <port>', 'where the ports of the shop begin; default free ones', {
        least: LOWEST_BASE,
        most: HIGHEST_BASE,
        isWhole: true,
      }),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        notes: ['Each takes some minutes, ends with the laws, and leaves a dated report as JSON and Markdown.'],
        examples: [
          'npx cloudmart drill --list',
          'npx cloudmart drill promote',
          'npx cloudmart drill lost-cache --reports drills --json',
        ],
        done: 'everything held',
        failed: 'something was lost, or the drill could not be made',
      }),
    )
    .action((drill: Drill | undefined, flags: DrillFlags) => {
      if ((drill === undefined) !== (flags.list === true))
        throw new InvalidArgumentError('name one drill, or say --list');
      return runInterruptibly('the shop of the drill is gone, and nothing was judged', async (signal) =>
        (await import('../run/operate/drill.ts')).runDrillCommand(drill, flags, signal),
      );
    });
