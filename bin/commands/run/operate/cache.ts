import type { CacheAnalysis, DeletedKeys } from '../../../../lib/shop/operations-views.ts';
import { actOf } from '../../../command-line/act-options.ts';
import { columns, paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { CacheAction, CacheFlags } from '../../operate/cache.ts';

const orUnknown = (value: number | null, unit: string) => (value === null ? '-' : `${value.toFixed(1)} ${unit}`);

const analysisLines = (found: CacheAnalysis): string[] => {
  if (found.lacking !== null) return [paint('doubtful', found.lacking)];
  const looked = found.isWhole ? 'all looked at' : `${found.scannedKeys} looked at`;
  return [
    ...columns([
      ['keys', `${found.keys}, ${looked}`],
      ['hit rate', `${orUnknown(found.hitPercent, '%')} (${found.hits} hits, ${found.misses} misses)`],
      ['average TTL', `${orUnknown(found.averageTtlSeconds, 's')}; ${found.endlessKeys} keys never end`],
      [
        'memory',
        `${found.usedBytes} of ${found.mostBytes ?? 'any'} bytes, fragmentation ${found.fragmentation ?? '-'}`,
      ],
      ['dropped', `${found.evicted} for room, ${found.expired} when their time was over`],
    ]),
    '',
    ...columns([
      ['ends within', 'keys'],
      ...found.ttlHistogram.map(({ upToSeconds, keys }) => [
        upToSeconds === null ? 'later' : `${upToSeconds} s`,
        String(keys),
      ]),
    ]),
    '',
    ...columns([
      ['prefix', 'keys', 'average', 'biggest of a sample'],
      ...found.prefixes.map(({ prefix, keys, averageBytes, biggest: [top] }) => [
        prefix,
        String(keys),
        `${averageBytes} bytes`,
        top ? `${top.key} (${top.bytes} bytes)` : '-',
      ]),
    ]),
  ];
};

const deletedLines = ({ matchedKeys, deletedKeys, isWhole, examples }: DeletedKeys, isDry: boolean): string[] => [
  isDry ? `${matchedKeys} keys would be deleted` : paint('good', `${deletedKeys} keys deleted`),
  ...examples.map((key) => `  ${key}`),
  ...(isWhole ? [] : [paint('bad', 'the time was over before all keys were looked at; ask again')]),
];

/** Analyses the shared cache or deletes from it, as staff of the shop. */
export const runCache = async (action: CacheAction, flags: CacheFlags): Promise<void> => {
  const { pattern = '', everything = false, json } = flags;
  if (action === 'delete') {
    const act = actOf(flags);
    const deleted = await signedInAsStaff(flags, ({ operations }) =>
      operations.deleteKeys({ body: { pattern, everything, ...act } }),
    );
    print(json, deleted, () => deletedLines(deleted, act.dryRun));
    if (!deleted.isWhole) process.exitCode = 1;
    return;
  }
  const found = await signedInAsStaff(flags, ({ operations }) => operations.cache({}));
  print(json, found, () => analysisLines(found));
  if (found.lacking !== null) process.exitCode = 1;
};
