import { answerCells, askView } from '../../../lib/warehouse/ask-view.ts';
import { type DeployedExport, deployedWarehouseStatus } from '../../../lib/warehouse/deployed-warehouse.ts';
import { shopSchema } from '../../../lib/warehouse/local-warehouse.ts';
import { withWarehouse } from '../../../lib/warehouse/open-shop-warehouse.ts';
import { backfillShop, shopWarehouseStatus } from '../../../lib/warehouse/shop-warehouse.ts';
import { viewPicture } from '../../../lib/warehouse/view-picture.ts';
import { needsAttention, type WarehouseStatus } from '../../../lib/warehouse/warehouse-status.ts';
import { writeFileAtomically } from '../../../lib/write-file-atomically.ts';
import { columns, paint, print, say } from '../../command-line/print.ts';
import type { WarehouseAction, WarehouseFlags } from '../warehouse.ts';

const init = async ({ data, bigquery, json }: WarehouseFlags) => {
  const prepared = await withWarehouse({ data, bigquery }, (warehouse) => warehouse.prepare(shopSchema));
  const { created, added } = prepared;
  print(json, prepared, () => [
    `tables ${created.length > 0 ? `created: ${created.join(', ')}` : 'were there'}; columns ${added.length > 0 ? `added: ${added.join(', ')}` : 'were there'}; views written anew`,
  ]);
};

const statusLines = (status: WarehouseStatus): string[] => {
  const { rows, lastEventAt, lastLoadedAt, freshnessMs, behind, gaps, waiting, givenUp, failed } = status;
  const finding = (label: string, count: number) => [
    label,
    count === 0 ? paint('good', 'none') : paint('bad', String(count)),
  ];
  return [
    ...columns([
      ['rows', String(rows)],
      ['last event', lastEventAt ?? 'none'],
      ['last row', lastLoadedAt ?? 'none'],
      ['event to row', `p50 ${freshnessMs.p50} ms, p99 ${freshnessMs.p99} ms`],
      ...(behind === null
        ? []
        : [['events without a row', behind === 0 ? paint('good', 'none') : paint('doubtful', String(behind))]]),
      finding('orders with gaps', gaps.length),
      finding('records that wait', waiting.length),
      finding('changes given up', givenUp),
    ]),
    ...[...gaps, ...waiting].map((row) => `  ${Object.values(row).join('  ')}`),
    ...failed.map(
      ({ shardId, sequence, attempts, reason }) => `  ${shardId} ${sequence} after ${attempts} tries: ${reason}`,
    ),
  ];
};

const exportState = (isEnabled: boolean | null): string => {
  if (isEnabled === null) return paint('doubtful', 'changing');
  return isEnabled ? paint('good', 'on') : paint('bad', 'stopped');
};

const exportLines = ({ function: name, isEnabled, notes }: DeployedExport): string[] => [
  `rows come by ${name}: ${exportState(isEnabled)}`,
  ...notes.map((note) => `  ${note}`),
];

const status = async ({ data, environment, bigquery, json }: WarehouseFlags) => {
  if (environment) {
    const deployed = await deployedWarehouseStatus(environment, bigquery);
    print(json, deployed, () => [...statusLines(deployed), ...exportLines(deployed.export)]);
    if (needsAttention(deployed) || deployed.export.isEnabled === false) process.exitCode = 1;
    return;
  }
  const found = await shopWarehouseStatus(data);
  print(json, found, () => statusLines(found));
  if (needsAttention(found)) process.exitCode = 1;
};

const backfill = async ({ data, from, to, json }: WarehouseFlags) => {
  const report = await backfillShop(data, { from, to });
  const { events, loaded, setAside, damaged } = report;
  print(json, report, () => [
    `${events} events of the ledger, ${loaded} of them new in the warehouse; ${setAside} records wait, ${damaged.length} are damaged`,
    ...damaged,
  ]);
  if (events + setAside === 0)
    say('the ledger has nothing of these days; see "npx cloudmart warehouse status" for the last event');
  if (events + setAside === 0 || damaged.length > 0) process.exitCode = 1;
};

const query = async (question: string, { data, bigquery, picture, json }: WarehouseFlags) => {
  const { view, rows } = await askView({ data, bigquery }, question);
  if (picture !== undefined) {
    const drawn = viewPicture(view, rows);
    if (drawn === undefined) throw new Error(`${view.name} has no picture; leave --picture out`);
    await writeFileAtomically(picture, drawn);
  }
  print(json, { question: view.name, rows }, () => [
    view.title,
    '',
    ...(rows.length === 0 ? ['nothing'] : columns(answerCells(rows))),
  ]);
};

/** Does what was asked of the warehouse; a finding makes the exit code 1. */
export const runWarehouse = async (
  action: WarehouseAction,
  question: string | undefined,
  flags: WarehouseFlags,
): Promise<void> => {
  switch (action) {
    case 'init':
      return init(flags);
    case 'status':
      return status(flags);
    case 'backfill':
      return backfill(flags);
    case 'query':
      return query(question ?? '', flags);
  }
};
