/** What the person at the keyboard reads once everything runs; each line fits 80 columns. */
import path from 'node:path';
import type { LocalState } from '../../../lib/local/state.ts';
import type { UpReport } from '../../../lib/local/up.ts';
import { localDataFolder } from '../../../lib/names.ts';
import { services as shop } from '../../../lib/services.ts';
import { chargedAmount } from '../../../lib/shop/purchase.ts';
import { columns } from '../../command-line/print.ts';

/** The longest name of the shop's services, and a gap. */
const NAME_WIDTH = Math.max(...shop.map(({ name }) => name.length)) + 2;
const ADDRESS_WIDTH = 24;

const row = (name: string, first: string, second = '') =>
  `  ${name.padEnd(NAME_WIDTH)}${first.padEnd(second === '' ? 0 : ADDRESS_WIDTH)}${second}`;

/** What runs where. */
const addressLines = ({ services, postgres, tables }: LocalState): string[] => [
  ...services
    .filter(({ kind }) => kind !== 'static')
    .map(({ name, url, grpc }) => row(name, url ?? 'invoked by events', grpc && `gRPC ${grpc}`)),
  row('PostgreSQL', `127.0.0.1:${postgres.port}`, 'URLs with passwords: state.json'),
  row('tables', tables['AWS_ENDPOINT_URL_DYNAMODB'] ?? '', 'DynamoDB of this machine'),
];

/** What people look at, before what programs ask. */
const pageLines = ({ services }: LocalState): string[] =>
  services.flatMap(({ name, kind, url }) => (kind === 'static' && url !== undefined ? [row(name, url)] : []));

const proofLines = ({ order, charge, mail }: UpReport): string[] =>
  order && charge
    ? [
        `Bought ${order.items} films for ${chargedAmount(charge)}: ${order.id} is ${order.state}.`,
        ...(mail ? ['Its mail:', mail.url] : []),
        '',
      ]
    : [];

/** What else a folder has to be named with, unless it is the one that every command takes. */
const named = (dataFolder: string): string => {
  const folder = path.relative('.', dataFolder);
  if (folder === localDataFolder) return '';
  return `, each with --data ${folder.startsWith('..') ? dataFolder : folder}`;
};

const nextLines = (dataFolder: string): string[] => [
  `Next, in another terminal${named(dataFolder)}:`,
  ...columns([
    ['  npx cloudmart status', 'whether everything is well'],
    ['  npx cloudmart logs --follow', 'what the services write'],
    ['  npx cloudmart replay --limit 500', 'purchases of a real shop'],
    ['  npx cloudmart laws', 'what must be true after them'],
    ['  npx cloudmart stop --forget', 'the end; the next start is empty'],
  ]),
  '',
  'Everything runs. Ctrl-C ends it, and the next start goes on with the data.',
];

/** Addresses and accounts, what was bought, what it took, and what to try next. */
export const runningLines = (report: UpReport, state: LocalState): string[] => [
  '',
  ...pageLines(state),
  row('shop API', `${state.gateway}/docs`),
  ...(state.mailer ? [row('mailbox', state.mailbox)] : []),
  row('staff', state.staff.email),
  row('password', state.staff.password),
  row('cards', 'tok_visa is charged; tok_declined, tok_insufficient are not'),
  '',
  ...addressLines(state),
  '',
  ...proofLines(report),
  `Up in ${report.seconds} s${report.memoryMiB === null ? '' : `, with ${report.memoryMiB} MiB of memory`}.`,
  '',
  ...nextLines(state.dataFolder),
];
