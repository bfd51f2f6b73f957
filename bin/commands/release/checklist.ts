import { Command, Option } from 'commander';
import type { Environment } from '../../../lib/environment/environment.ts';
import { localDataFolder } from '../../../lib/names.ts';
import { type ChecklistPhase, phases } from '../../../lib/release/checklist/checklist-items.ts';
import { helpAfter } from '../../command-line/help.ts';
import {
  accountOption,
  environmentOption,
  jsonOption,
  lookedUp,
  resolverOption,
  urlOption,
} from '../../command-line/options.ts';
import { runInterruptibly } from '../../command-line/run-interruptibly.ts';

export type ChecklistFlags = {
  readonly phase: ChecklistPhase;
  readonly environment: Environment;
  readonly account?: string;
  readonly resolver?: string;
  readonly data?: string;
  readonly url?: string;
  readonly context?: string;
  readonly answers?: string;
  readonly yes?: readonly string[];
  readonly record: string;
  readonly list?: boolean;
  readonly json?: boolean;
};

const itemsOption = () =>
  lookedUp(new Option('--yes <items...>', 'items that you answer with yes'), async (ids: readonly string[]) => {
    const { checklistItems } = await import('../../../lib/release/checklist/checklist-items.ts');
    const unknown = ids.find((id) => checklistItems.every((item) => item.id !== id));
    if (unknown !== undefined) throw new Error(`there is no item "${unknown}"; --list shows them`);
    return ids;
  });

/** `cloudmart checklist`: what a deployment is asked before, during and after it. */
export const checklistCommand = (): Command =>
  new Command('checklist')
    .summary('go through the list of a deployment')
    .description(
      'go through the list before, during or after a deployment; machines answer where they can, a record is kept; exit 1 while an item is open or refused',
    )
    .addOption(new Option('--phase <phase>', 'which list').choices([...phases]).makeOptionMandatory())
    .addOption(environmentOption())
    .addOption(accountOption())
    .addOption(resolverOption())
    .option('--data <dir>', 'folder of a platform on this machine whose data the laws are checked on')
    .addOption(urlOption('--url <url>', "address that customers use; default the environment's public door"))
    .option('--context <context>', 'context of the cluster in the kubeconfig; default its current one')
    .option('--answers <file>', 'JSON of answers, for scripts')
    .addOption(itemsOption())
    .option('--record <dir>', 'folder that keeps the records', `${localDataFolder}/checklists`)
    .option('--list', 'print the items and their reasons, and ask nobody')
    .addOption(jsonOption('print the record as one line of JSON; nobody is asked at the terminal'))
    .addHelpText(
      'after',
      helpAfter({
        notes: ['An answers file holds {"<item>": "yes"} or {"<item>": {"answer": "no", "note": "why"}}.'],
        examples: [
          'npx cloudmart checklist --phase pre --environment staging',
          'npx cloudmart checklist --phase pre --environment staging --list',
          'npx cloudmart checklist --phase post --environment staging --yes mail-arrives',
        ],
        done: 'every item is done',
        failed: 'one is open or refused',
      }),
    )
    .action((flags: ChecklistFlags) =>
      runInterruptibly('nothing was settled, and nothing is kept', async (signal) =>
        (await import('../run/release/checklist.ts')).runChecklist(flags, signal),
      ),
    );
