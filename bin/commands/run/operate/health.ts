import type { ServiceHealth } from '../../../../lib/shop/operations-views.ts';
import { columns, paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { StaffedShopFlags } from '../../../command-line/staffed-shop-options.ts';
import { moodOf } from './topology.ts';

const cell = (value: number | null, unit: string) => (value === null ? '-' : `${value} ${unit}`);

/** The checks that fail, and what else there is to say. */
const remarksOf = ({ checks, note }: ServiceHealth): string =>
  [
    ...Object.entries(checks)
      .filter(([, { status }]) => status === 'down')
      .map(([name, { critical, error }]) => `${name} is down${critical ? ' (critical)' : ''}: ${error ?? 'no reason'}`),
    ...(note === null ? [] : [note]),
  ].join('; ');

const linesOf = (services: readonly ServiceHealth[]): string[] =>
  columns([
    ['service', 'health', 'up', 'memory', 'answered in', ''],
    ...services.map((service) => [
      service.name,
      paint(moodOf[service.status], service.status),
      cell(service.uptimeSeconds, 's'),
      cell(service.memoryMiB, 'MiB'),
      cell(service.answeredInMs, 'ms'),
      remarksOf(service),
    ]),
  ]);

/** Prints how every service is; exit code 1 unless all that can be asked are healthy. */
export const runHealth = async (flags: StaffedShopFlags): Promise<void> => {
  const health = await signedInAsStaff(flags, ({ operations }) => operations.health());
  print(flags.json, health, () => linesOf(health.services));
  if (health.status !== 'healthy') process.exitCode = 1;
};
