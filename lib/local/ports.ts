/** Which loopback port everything listens on. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { StartRefused } from './start-refused.ts';

/** Ports of the embedded peers; services own the rest of the table in their manifests. */
export const PEER_PORTS = { postgres: 8090, tables: 8091, mailbox: 8092, warehouse: 8098 } as const;

// With a base N every port lands in N .. N+3999: each family of ports keeps its last three digits.
const FAMILIES: readonly { readonly from: number; readonly offset: number }[] = [
  { from: 8000, offset: 0 },
  { from: 50_000, offset: 1000 },
  { from: 5000, offset: 2000 },
  { from: 3000, offset: 3000 },
];
const FAMILY_SIZE = 1000;
/** Lowest and highest base that every port fits above. */
export const LOWEST_BASE = 1024;
export const HIGHEST_BASE = 65_535 - 4 * FAMILY_SIZE;

/**
 * The port that stands for `port` of the table when 8000 becomes `base`: those above 8000 follow it in their order, those above
 * 50000 follow base + 1000, those above 5000 base + 2000, those above 3000 base + 3000. Without a base the table holds as it is.
 */
export const shiftPort = (port: number, base: number | undefined): number => {
  if (base === undefined) return port;
  const family = FAMILIES.find(({ from }) => port >= from && port < from + FAMILY_SIZE);
  if (!family)
    throw new StartRefused(
      'port.no-family',
      `port ${port} cannot be moved by --port-base; give the service a port in 3000-3999, 5000-5999, 8000-8999 or 50000-50999`,
    );
  return base + family.offset + (port - family.from);
};

export type PortUse = { readonly name: string; readonly port: number };

/** Every port that a start will listen on, with the name of its owner. */
export const portsInUse = (services: readonly ServiceManifest[], base: number | undefined): PortUse[] => {
  const uses = [
    ...services.flatMap(({ name, ports }) =>
      Object.entries(ports).map(([kind, port]) => ({ name: `${name} (${kind})`, port })),
    ),
    { name: 'PostgreSQL', port: PEER_PORTS.postgres },
    { name: 'tables', port: PEER_PORTS.tables },
    { name: 'mailbox', port: PEER_PORTS.mailbox },
    { name: 'warehouse', port: PEER_PORTS.warehouse },
  ];
  return uses.map(({ name, port }) => ({ name, port: shiftPort(port, base) }));
};
