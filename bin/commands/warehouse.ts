import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { Environment } from '../../lib/environment/environment.ts';
import { helpAfter } from '../command-line/help.ts';
import { dataOption, environmentChoice, jsonOption, lookedUp } from '../command-line/options.ts';

export type WarehouseAction = 'init' | 'status' | 'backfill' | 'query';

export type WarehouseFlags = {
  readonly data: string;
  readonly from?: string;
  readonly to?: string;
  readonly environment?: Environment;
  readonly bigquery?: { readonly project: string; readonly dataset: string };
  readonly picture?: string;
  readonly json?: boolean;
};

const ACTIONS: readonly WarehouseAction[] = ['init', 'status', 'backfill', 'query'];

/** A day that the calendar has. */
const dayOption = (flags: string, description: string) =>
  new Option(flags, description).argParser((text: string) => {
    const read = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
    if (read === undefined || Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== text)
      throw new InvalidArgumentError('it is no day of the calendar; give one such as 2026-03-01');
    return text;
  });

const bigQueryOption = () =>
  new Option(
    '--bigquery <project/dataset>',
    'to init, query and status of an environment: a warehouse in BigQuery, with a token in GOOGLE_ACCESS_TOKEN',
  ).argParser((text: string) => {
    const [, project, dataset] = /^([a-z][a-z0-9-]{4,28}[a-z0-9])\/(\w{1,1024})$/.exec(text) ?? [];
    if (project === undefined || dataset === undefined)
      throw new InvalidArgumentError('give project and dataset, such as shop-project/cloudmart');
    return { project, dataset };
  });

/** `cloudmart warehouse`: what the shop's figures are made of. */
export const warehouseCommand = (): Command =>
  new Command('warehouse')
    .summary('ask the warehouse, and see whether it is whole')
    .description(
      'make the tables and views of the warehouse, show how fresh and whole it is, load days of the ledger again, or ask a ready-made question',
    )
    .addArgument(new Argument('<action>', 'what to do').choices(ACTIONS))
    .addArgument(
      lookedUp(
        new Argument('[question]', 'ready-made question, to query'),
        async (name: string) => (await import('../../lib/warehouse/find-view.ts')).findView(name).name,
      ),
    )
    .addOption(dayOption('--from <day>', 'to backfill: first day, UTC; default the first of the ledger'))
    .addOption(dayOption('--to <day>', 'to backfill: last day, UTC; default the last of the ledger'))
    .addOption(new Option('--picture <file>', 'to query: write a picture (SVG) of the answer'))
    .addOption(environmentChoice('to status: a shop on AWS, of lib/environments.ts, and the warehouse that it names'))
    .addOption(bigQueryOption())
    .addOption(dataOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        notes: [
          'Questions: revenue-by-day, average-order-value, refund-rate, funnel, cohort-retention, gaps, waiting, freshness. Amounts in --json are in the smallest unit of their currency.',
        ],
        examples: [
          'npx cloudmart warehouse status',
          'npx cloudmart warehouse query revenue-by-day --picture revenue.svg',
          'npx cloudmart warehouse status --environment production',
          'npx cloudmart warehouse init --bigquery shop-project/cloudmart',
          'npx cloudmart warehouse backfill --from 2026-03-01 --to 2026-03-07',
        ],
        done: 'it is done, or the warehouse is whole',
        failed:
          'events are missing, wait or were given up; the ledger has nothing of those days; or there is no warehouse',
      }),
    )
    .action(async (action: WarehouseAction, question: string | undefined, flags: WarehouseFlags) => {
      if ((action === 'query') !== (question !== undefined))
        throw new InvalidArgumentError(
          'a question goes with query, and query needs one; see "npx cloudmart warehouse --help"',
        );
      if (flags.environment && action !== 'status')
        throw new InvalidArgumentError(`--environment goes with status; ${action} takes --bigquery for a shop on AWS`);
      if (flags.bigquery && action !== 'init' && action !== 'query' && !flags.environment)
        throw new InvalidArgumentError(
          `--bigquery goes with init and query, and with status of an --environment; ${action} compares with the ledger of this machine`,
        );
      if (flags.from !== undefined && flags.to !== undefined && flags.from > flags.to)
        throw new InvalidArgumentError(`--from ${flags.from} comes after --to ${flags.to}`);
      await (await import('./run/warehouse.ts')).runWarehouse(action, question, flags);
    });
