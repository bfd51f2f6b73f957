import path from 'node:path';
import { Command, Option } from 'commander';
import type { Environment } from '../../lib/environment.ts';
import type { Answer, ItemResult, Verdict } from '../../lib/release/checklist/checklist.ts';
import { type ChecklistItem, type Phase, phases } from '../../lib/release/checklist/checklist-items.ts';
import type { ChecklistRecord } from '../../lib/release/checklist/checklist-record.ts';

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

const root = path.join(import.meta.dirname, '../..');

const EXAMPLES = `
Examples:
  npx cloudmart checklist --phase pre --environment staging
  npx cloudmart checklist --phase pre --environment staging --list
  npx cloudmart checklist --phase post --environment staging --answers answers.json --yes mail-arrives --json

An answers file holds {"<item>": "yes"} or {"<item>": {"answer": "no", "note": "why"}}.
`;

const git = async (...parameters: string[]): Promise<string> => {
  const { runProgram } = await import('../../lib/review/run-program.ts');
  return (await runProgram('git', parameters, { cwd: root, accepts: [0, 1] })).trimEnd();
};

const commitVerdict = async (): Promise<Verdict> => {
  const changed = (await git('status', '--porcelain')).split('\n').filter((line) => line !== '');
  const commit = await git('rev-parse', '--short', 'HEAD');
  if (changed.length === 0) return { state: 'done', detail: `commit ${commit}` };
  return {
    state: 'refused',
    detail: `${changed.length} files differ from commit ${commit}, such as ${changed[0]?.slice(3)}`,
  };
};

const lawsVerdict = (data: string) => async (): Promise<Verdict> => {
  const [{ checkLaws }, { openFacts }, { readState }, { services }] = await Promise.all([
    import('../../lib/laws/check-laws.ts'),
    import('../../lib/laws/open-facts.ts'),
    import('../../lib/local/state.ts'),
    import('../../lib/services.ts'),
  ]);
  const { databases, events, mailFolder } = await readState(data);
  const { facts, close } = await openFacts({
    databases,
    events,
    services,
    mailFolder,
    historyFile: undefined,
    limitSeconds: 0,
  });
  try {
    const verdicts = await checkLaws(facts, { patienceSeconds: 60 });
    const broken = verdicts.filter(({ violations }) => violations.length > 0);
    if (broken.length === 0) return { state: 'done', detail: `${verdicts.length} laws hold` };
    return {
      state: 'refused',
      detail: broken.map(({ id, sentence, violations }) => `${id} (${violations.length}): ${sentence}`).join('; '),
    };
  } finally {
    await close();
  }
};

/** Verifies and leaves the release as it is: the decision to go back is a person's, and `cloudmart verify` makes it too. */
const verifyVerdict =
  (
    environment: Environment,
    flags: Pick<Options, 'url' | 'context'>,
    progress: (sentence: string) => void,
    signal: AbortSignal,
  ) =>
  async (): Promise<Verdict> => {
    const [{ verify }, { openSession }, { workloadNamespace }, { askedOf }] = await Promise.all([
      import('../../lib/release/rollout/verify.ts'),
      import('../../lib/release/rollout/verify-session.ts'),
      import('../../lib/workloads/environment-values.ts'),
      import('../../lib/platform-asked.ts'),
    ]);
    const session = { deadline: '600', callTimeout: '10', outside: true, card: 'tok_visa', ...flags };
    const { cluster, wait, outside } = openSession(session, environment, workloadNamespace, progress, signal);
    const { asked } = await askedOf(environment, undefined);
    const report = await verify(cluster, { ...wait, environment: environment.name, asked, outside, rollsBack: false });
    if (report.findings.length === 0)
      return { state: 'done', detail: `${report.services.length} services, and a purchase from outside` };
    return { state: 'refused', detail: report.findings.map(({ code, problem }) => `${code}: ${problem}`).join('; ') };
  };

/** Asks at the terminal; an empty line leaves the item open. The rest of an answer's line is its remark. */
const asker = async (interrupted: AbortController) => {
  const { createInterface } = await import('node:readline/promises');
  return async ({ statement, reason }: ChecklistItem): Promise<Answer | undefined> => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // A terminal that is read line by line hands Ctrl-C over as a key.
    lines.on('SIGINT', () => interrupted.abort());
    const question = `\n${statement}\n  ${reason}\n  yes, no, or empty for later; a remark may follow: `;
    try {
      for (;;) {
        const said = (await lines.question(question, { signal: interrupted.signal })).trim();
        if (said === '') return undefined;
        const [, answer, note] = /^(y|yes|n|no)\b\s*(.*)$/i.exec(said) ?? [];
        if (!answer) continue;
        return { answer: /^y/i.test(answer) ? 'yes' : 'no', ...(note ? { note } : {}) };
      }
    } catch (problem) {
      if (interrupted.signal.aborted) return undefined;
      throw problem;
    } finally {
      lines.close();
    }
  };
};

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

const run = async ({
  phase,
  environment,
  account,
  resolver,
  data,
  url,
  context,
  answers: file,
  yes = [],
  record: folder,
  list: only,
  json,
}: Options) => {
  const { environmentNamed } = await import('../../lib/environments.ts');
  const target = environmentNamed(environment);
  if (only) return list(phase, json);
  const [{ checkAnswers, runChecklist }, { keepRecord, readAnswers, tallyOf }] = await Promise.all([
    import('../../lib/release/checklist/checklist.ts'),
    import('../../lib/release/checklist/checklist-record.ts'),
  ]);
  const answers = {
    ...(file === undefined ? {} : await readAnswers(file)),
    ...Object.fromEntries(yes.map((id) => [id, { answer: 'yes' } as const])),
  };
  const progress = (sentence: string) => process.stderr.write(`${sentence}\n`);
  const interrupted = new AbortController();
  const sources = {
    preflight: async () =>
      (await import('../../lib/platform-preflight.ts')).platformPreflight({
        environment: target,
        account,
        resolver,
        progress,
      }),
    commit: commitVerdict,
    laws: data === undefined ? undefined : lawsVerdict(data),
    verify: verifyVerdict(
      target,
      { ...(url ? { url } : {}), ...(context ? { context } : {}) },
      progress,
      interrupted.signal,
    ),
  };
  checkAnswers(phase, Object.keys(answers), sources);
  process.once('SIGINT', () => interrupted.abort());
  let record: ChecklistRecord = {
    environment: target.name,
    phase,
    by: (await git('config', 'user.name')) || process.env['USER'] || 'unknown',
    startedAt: new Date().toISOString(),
    commit: await git('rev-parse', 'HEAD'),
    items: [],
  };
  let kept = await keepRecord(folder, record);
  const work = runChecklist({
    phase,
    sources,
    answers,
    ask: process.stdin.isTTY && !json ? await asker(interrupted) : undefined,
    settled: async (result) => {
      if (interrupted.signal.aborted) return;
      record = { ...record, items: [...record.items, result] };
      kept = await keepRecord(folder, record);
      if (!json) process.stdout.write(lineOf(result));
    },
    now: () => new Date().toISOString(),
  });
  const stopped = new Promise<void>((resolve) => {
    interrupted.signal.addEventListener('abort', () => resolve());
  });
  await Promise.race([work, stopped]);
  if (interrupted.signal.aborted) {
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
