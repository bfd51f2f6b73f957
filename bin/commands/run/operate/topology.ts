import type { Edge, HealthStatus, Topology } from '../../../../lib/shop/operations-views.ts';
import { labelled } from '../../../command-line/labelled.ts';
import { columns, type Mood, paint, print } from '../../../command-line/print.ts';
import { signedInAsStaff } from '../../../command-line/sign-in-as-staff.ts';
import type { StaffedShopFlags } from '../../../command-line/staffed-shop-options.ts';

export const moodOf: Readonly<Record<HealthStatus, Mood>> = {
  healthy: 'good',
  degraded: 'doubtful',
  unhealthy: 'bad',
  unknown: 'aside',
};

/** Cells by which what a service has to do with others stands in below it. */
const INDENT = 4;

const edgeLines = (edges: readonly Edge[]): string[] =>
  [...Map.groupBy(edges, ({ relation, kind }) => `${relation} ${kind}`)].flatMap(([what, named]) =>
    labelled('', `${what}: ${named.map(({ name }) => name).join(', ')}`, { width: INDENT }),
  );

const linesOf = ({ services, edges }: Topology): string[] => {
  const heads = columns([
    ['service', 'kind', 'runs as', 'health', 'processes'],
    ...services.map(({ name, kind, runs, status, replicas }) => [
      name,
      kind,
      runs,
      paint(moodOf[status], status),
      replicas === null ? '-' : String(replicas),
    ]),
  ]);
  const [title = '', ...rows] = heads;
  return [
    title,
    ...rows.flatMap((row, at) => [row, ...edgeLines(edges.filter(({ service }) => service === services[at]?.name))]),
  ];
};

/** Prints every service of the shop, and what each has to do with the others. */
export const runTopology = async (flags: StaffedShopFlags): Promise<void> => {
  const topology = await signedInAsStaff(flags, ({ operations }) => operations.topology());
  print(flags.json, topology, () => linesOf(topology));
};
