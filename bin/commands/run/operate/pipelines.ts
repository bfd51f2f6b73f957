import { lookAtPipelines } from '../../../../lib/pipelines/look-at-pipelines.ts';
import type { Pipeline } from '../../../../lib/shop/operations-views.ts';
import { columns, type Mood, paint, print, say } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { StaffedShopFlags } from '../../../command-line/staffed-shop-options.ts';

const moods: Readonly<Record<Pipeline['status'], Mood>> = {
  well: 'good',
  behind: 'bad',
  stopped: 'bad',
  unknown: 'doubtful',
};

const shown = (value: number | null, unit = '') => (value === null ? '?' : `${value}${unit}`);

const rowOf = (pipeline: Pipeline): string[] => {
  const { source, from, to, status, lag, freshnessSeconds, lastEventAt, deadLetters, note } = pipeline;
  return [
    `${from} > ${to}`,
    source.kind === 'topic' ? source.name : `table ${source.name}`,
    paint(moods[status], status),
    shown(lag),
    shown(freshnessSeconds, ' s'),
    lastEventAt === null ? '-' : `${Math.max(0, Math.round((Date.now() - Date.parse(lastEventAt)) / 1000))} s`,
    deadLetters === 0 || deadLetters === null ? shown(deadLetters) : paint('bad', String(deadLetters)),
    note ?? '',
  ];
};

/** Prints how every pipeline is; exit code 1 when one is stopped or behind. */
export const runPipelines = async (flags: StaffedShopFlags): Promise<void> => {
  const answer = await signedInAsStaff(flags, ({ operations }) => lookAtPipelines(operations, flags.environment, say));
  const { pipelines } = answer;
  print(flags.json, answer, () =>
    columns([['pipeline', 'reads', 'is', 'waits', 'since', 'last', 'dead', ''], ...pipelines.map(rowOf)]),
  );
  if (pipelines.some(({ status }) => status === 'stopped' || status === 'behind')) process.exitCode = 1;
};
