import { checkAnswers, type ItemResult, itemsOf } from '../../../../lib/release/checklist/checklist.ts';
import type { ChecklistPhase } from '../../../../lib/release/checklist/checklist-items.ts';
import { readAnswers, tallyOf } from '../../../../lib/release/checklist/checklist-record.ts';
import { platformSources, readCheckout } from '../../../../lib/release/checklist/checklist-sources.ts';
import { runRecordedChecklist } from '../../../../lib/release/checklist/recorded-checklist.ts';
import { accountOf } from '../../../../lib/release/preflight/preflight-account.ts';
import { askAtTerminal } from '../../../command-line/ask-at-terminal.ts';
import { asTyped } from '../../../command-line/options.ts';
import { print, say } from '../../../command-line/print.ts';
import type { ChecklistFlags } from '../../release/checklist.ts';

const linesOf = ({ state, id, statement, detail }: ItemResult): string[] => [
  `${state.padEnd(8)}${id}: ${statement}`,
  ...(state === 'done' ? [] : [`        ${detail}`]),
];

const list = (phase: ChecklistPhase, json: boolean | undefined) =>
  print(json, itemsOf(phase), () =>
    itemsOf(phase).flatMap(({ id, statement, reason, automatic }) => [
      `${id} (${automatic ? `a machine tells: ${automatic.by}` : 'you tell'})`,
      `  ${statement}`,
      `  ${reason}`,
    ]),
  );

/** Goes through one list; what is settled is kept as soon as it is. */
export const runChecklist = async (flags: ChecklistFlags, signal: AbortSignal): Promise<void> => {
  const { phase, environment, account, resolver, data, url, context, answers: file, yes = [], json } = flags;
  if (flags.list) return list(phase, json);
  asTyped(() => accountOf(environment, account));
  const answers = {
    ...(file === undefined ? {} : await readAnswers(file)),
    ...Object.fromEntries(yes.map((id) => [id, { answer: 'yes' } as const])),
  };
  const sources = platformSources({ environment, account, resolver, data, url, context, progress: say, signal });
  asTyped(() => checkAnswers(phase, Object.keys(answers), sources));
  const checklist = await runRecordedChecklist({
    phase,
    sources,
    answers,
    signal,
    ...(await readCheckout()),
    environment: environment.name,
    folder: flags.record,
    ask: process.stdin.isTTY && !json ? askAtTerminal(signal) : undefined,
    onKept: (result) => {
      if (!json) print(false, result, () => linesOf(result));
    },
  });
  const { record, file: kept } = checklist;
  if (checklist.isInterrupted) throw new Error(`interrupted; what was settled is kept in ${kept}, the rest is open`);
  const tally = tallyOf(record);
  print(json, { ...record, ...tally, record: kept }, () => [
    `${tally.done} done, ${tally.refused} refused, ${tally.open} open; kept in ${kept}`,
  ]);
  if (tally.refused + tally.open > 0) process.exitCode = 1;
};
