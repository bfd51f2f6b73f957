import { Command, Option } from 'commander';
import type { PlantedBug } from '../../lib/chaos/planted/planted-bug.ts';
import { HIGHEST_BASE, LOWEST_BASE } from '../../lib/local/ports.ts';
import { helpAfter } from '../command-line/help.ts';
import { jsonOption, lookedUp, numberOption } from '../command-line/options.ts';
import { runInterruptibly } from '../command-line/run-interruptibly.ts';

export type ChaosFlags = {
  readonly minutes: number;
  readonly seed: number;
  readonly rate: number;
  readonly portBase: number;
  /** In place of faults. */
  readonly planted?: readonly PlantedBug[];
  readonly json?: boolean;
};

/** `cloudmart chaos`: faults that follow from a seed while customers buy, and what must be true afterwards. */
export const chaosCommand = (): Command =>
  new Command('chaos')
    .summary('break a shop of its own while customers buy, and judge it')
    .description(
      'start a shop of its own, inflict faults that follow from a seed while customers buy, let it heal, and check what must be true; exit 1 on a violation',
    )
    .addOption(
      numberOption('--minutes <n>', 'how long faults are inflicted', { least: 0.1, most: 20, unit: 'minutes' }).default(
        2,
      ),
    )
    .addOption(
      numberOption('--seed <n>', 'which faults, in which order', {
        least: 0,
        most: 4_294_967_295,
        isWhole: true,
      }).default(1),
    )
    .addOption(
      numberOption('--rate <n>', 'purchases begun per second', {
        least: 0.1,
        most: 5,
        unit: 'purchases a second',
      }).default(5),
    )
    .addOption(
      numberOption('--port-base <port>', 'where the ports of the shop begin', {
        least: LOWEST_BASE,
        most: HIGHEST_BASE,
        isWhole: true,
      }).default(23_000),
    )
    .addOption(
      lookedUp(
        new Option(
          '--planted [name]',
          'plant a bug, or each, into the code of a process of its own, and see that an invariant catches it',
        ),
        async (text: string | true) => {
          const { plantedBugNamed, plantedBugs } = await import('../../lib/chaos/planted/planted-bugs.ts');
          return text === true ? plantedBugs : [plantedBugNamed(text)];
        },
      ),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Killed are every service, PostgreSQL, who publishes the order events, and the supervisor; others stand still, lose their connections, or wait for a database that is slow, locked or silent. The last figures stand in docs/reliability.md.',
        ],
        examples: [
          'npm run chaos -- --minutes 10 --seed 1',
          'npx cloudmart chaos --minutes 1 --seed 7 --json',
          'npm run chaos -- --planted',
          'npm run chaos -- --planted lease-without-fence',
        ],
        done: 'every invariant holds, or every planted bug is caught',
        failed: 'an invariant is violated, or a bug is not caught; the same seed inflicts the same faults again',
      }),
    )
    .action((flags: ChaosFlags) =>
      runInterruptibly('the shop is gone, and nothing was judged', async (signal) =>
        flags.planted
          ? (await import('./run/planted-bugs.ts')).runPlantedBugs(flags.planted, flags.json, signal)
          : (await import('./run/chaos.ts')).runChaosCommand(flags, signal),
      ),
    );
