/** What the person at the keyboard reads once everything runs. */
import Table from 'cli-table3';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { formatMoney } from '../../services/kit/values/money.ts';
import type { Finding } from '../shop/demo-catalogue.ts';
import type { CatalogueLoad } from '../shop/load-catalogue.ts';
import type { LocalState } from './state.ts';
import type { UpReport } from './up-report.ts';

/** Short table of what runs where. */
export const runsWhere = (state: LocalState, services: readonly ServiceManifest[], postgresPort: number): string => {
  const table = new Table({ head: ['what', 'where', 'is'], style: { head: [], border: [] }, wordWrap: false });
  for (const { name, url, grpc } of state.services)
    table.push([
      name,
      [url, grpc && `gRPC ${grpc}`].filter(Boolean).join('\n') || 'invoked by events',
      services.find((service) => service.name === name)?.summary ?? '',
    ]);
  table.push(
    [
      'PostgreSQL',
      `127.0.0.1:${postgresPort}`,
      `Databases ${Object.keys(state.databases).join(', ')}; passwords are in ${state.dataFolder}/state.json.`,
    ],
    ['tables', state.tables['AWS_ENDPOINT_URL_DYNAMODB'] ?? '', 'DynamoDB of this machine (dynalite).'],
    ['mailbox', state.mailbox, 'Every mail that customers would get.'],
  );
  return [
    table.toString(),
    `Shop API: ${state.gateway}/docs   Mailbox: ${state.mailbox}`,
    `Staff account: ${state.staff.email}   Password: ${state.staff.password}`,
    'Card tokens: tok_visa, tok_declined, tok_insufficient, tok_timeout_after_charge, tok_late_answer, tok_duplicate_answer',
  ].join('\n');
};

const describeFinding = ({ action, count, reason, examples }: Finding) =>
  `  ${String(count).padStart(4)} ${action}: ${reason} (such as ${examples.slice(0, 2).join('; ')})`;

/** What became of the demo films. */
export const catalogueSummary = ({ rows, created, updated, findings }: CatalogueLoad): string =>
  [`Catalogue: ${rows} films read, ${created} added, ${updated} updated`, ...findings.map(describeFinding)].join('\n');

/** What the proof purchase showed, and what the run cost. */
export const proofSummary = ({ order, charge, mail, seconds, memoryMiB }: UpReport): string =>
  [
    `Bought ${order.items} films: order ${order.id} is ${order.state}, ${formatMoney({ amount: charge.captured, currency: charge.currency })} charged as ${charge.paymentId},`,
    `mail "${mail.subject}" to ${mail.to}: ${mail.url}`,
    `Up in ${seconds} s${memoryMiB === null ? '' : `, ${memoryMiB} MiB of memory`}.`,
  ].join('\n');
