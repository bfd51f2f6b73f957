import { Command, Option } from 'commander';
import type { ItemResult } from '../../lib/release/checklist/checklist.ts';
import { type Phase, phases } from '../../lib/release/checklist/checklist-items.ts';

type Options = {
  phase: Phase;
  environment: string;
  account?: string;
  resolver?: string;
  data?: string;
  url?: string;
  context?: string;
  answers?: string;
  yes?: string[];
  record: string;
  list?: boolean;
  json?: boolean;
};

const EXAMPLES = `
Examples:
  npx cloudmart checklist --phase pre --environment staging
  npx cloudmart checklist --phase pre --environment staging --list
  npx cloudmart checklist --phase post --environment staging --answers answers.json --yes mail-arrives --json

An answers file holds {"<item>": "yes"} or {"<item>": {"answer": "no", "note": "why"}}.
`;

const lineOf = ({ state, id, statement, detail }: ItemResult) =>
  `${state.padEnd(8)}${id}: ${statement}${state === 'done' ? '' : `\n        ${detail}`}\n`;

const list = async (phase: Phase, json = false) => {
  const { itemsOf } = await import('../../lib/release/checklist/checklist.ts');
  if (json) process.stdout.write(`${JSON.stringify(itemsOf(phase))}\n`);
  else
    for (const { id, statement, reason, automatic } of itemsOf(phase))
      process.stdout.write(
        `${id} (${automatic ? `a machine tells: ${automatic.by}` : 'you tell'})\n  ${statement}\n  ${reason}\n`,
      );
};

const run = async (options: Options) => {
  const { phase, environment, account, resolver, data, url, context, answers: file, yes = [], json } = options;
  const { environmentNamed } = await import('../../lib/environments.ts');
  const target = environmentNamed(environment);
  if (options.list) return list(phase, json);
  const [{ platformSources, readCheckout }, { checkAnswers }, { readAnswers, tallyOf }, recorded, { askAtTerminal }] =
    await Promise.all([
      import('../../lib/release/checklist/checklist-sources.ts'),
      import('../../lib/release/checklist/checklist.ts'),
      import('../../lib/release/checklist/checklist-record.ts'),
      import('../../lib/release/checklist/recorded-checklist.ts'),
      import('../command-line/ask-at-terminal.ts'),
    ]);
  const answers = {
    ...(file === undefined ? {} : await readAnswers(file)),
    ...Object.fromEntries(yes.map((id) => [id, { answer: 'yes' } as const])),
  };
  const interrupted = new AbortController();
  const { signal } = interrupted;
  const progress = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const sources = platformSources({ environment: target, account, resolver, data, url, context, progress, signal });
  checkAnswers(phase, Object.keys(answers), sources);
  process.once('SIGINT', () => interrupted.abort());
  const {
    record,
    file: kept,
    isInterrupted,
  } = await recorded.runRecordedChecklist({
    ...{ phase, sources, answers, signal },
    ...(await readCheckout()),
    environment: target.name,
    folder: options.record,
    ask: process.stdin.isTTY && !json ? askAtTerminal(interrupted) : undefined,
    onKept: (result) => !json && process.stdout.write(lineOf(result)),
  });
  if (isInterrupted) {
    process.stderr.write(`\ncloudmart: interrupted; what was settled is kept in ${kept}, the rest is open\n`);
    process.exit(130);
  }
  const tally = tallyOf(record);
  process.stdout.write(
    json
      ? `${JSON.stringify({ ...record, ...tally, record: kept })}\n`
      : `${tally.done} done, ${tally.refused} refused, ${tally.open} open; kept in ${kept}\n`,
  );
  if (tally.refused + tally.open > 0) process.exitCode = 1;
};

/** `cloudmart checklist`: what a deployment is asked before, during and after it. */
export const checklistCommand = (): Command =>
  new Command('checklist')
    .description(
      'go through the list before, during or after a deployment; machines answer where they can, a record is kept; exit 1 while an item is open or refused',
    )
    .addOption(new Option('--phase <phase>', 'which list').choices([...phases]).makeOptionMandatory())
    .requiredOption('--environment <name>', 'dev, staging or production')
    .option('--account <id>', 'account that the environment lives in, where lib/environments.ts names none')
    .option('--resolver <address>', 'DNS server to ask; default those of this machine')
    .option('--data <dir>', 'folder of a platform on this machine whose data the laws are checked on')
    .option('--url <address>', "address that customers use; default the environment's public door")
    .option('--context <name>', 'context of the cluster in the kubeconfig; default its current one')
    .option('--answers <file>', 'JSON of answers, for scripts')
    .option('--yes <items...>', 'items that you answer with yes')
    .option('--record <dir>', 'folder that keeps the records', '.cloudmart/checklists')
    .option('--list', 'print the items and their reasons, and ask nobody')
    .option('--json', 'print the record as one line of JSON; nobody is asked at the terminal')
    .addHelpText('after', EXAMPLES)
    .action(run);
