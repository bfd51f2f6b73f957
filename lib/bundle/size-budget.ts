/** How large a bundle may become: every start reads and compiles it, and every node of the cluster downloads it. */
import { type Runtime, runtimeOf, type ServiceManifest } from '../../services/kit/manifest.ts';
import type { BundlePart } from './bundle-parts.ts';

const MIB = 1024 ** 2;
/** MiB of everything that ships, source maps and pictures included. A raised number is seen in the review. */
const BUDGETS: Readonly<Record<Runtime, number>> = { pods: 16, function: 5, site: 20, flink: 1 };
/** Those of services that need more than others. */
const OWN_BUDGETS: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ order: 18, product: 18, assistant: 22 }),
);
/** Parts that a refusal names. */
const NAMED_PARTS = 5;

const sizeOf = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`;

/** Refuses a bundle above its budget, with its largest parts. */
export const checkSize = (
  service: Pick<ServiceManifest, 'name' | 'kind'>,
  bytes: number,
  parts: readonly BundlePart[],
): void => {
  const { name } = service;
  const budget = OWN_BUDGETS.get(name) ?? BUDGETS[runtimeOf(service)];
  if (bytes <= budget * MIB) return;
  const largest = parts.slice(0, NAMED_PARTS).map((part) => `${part.folder} ${sizeOf(part.bytes)}`);
  throw new Error(
    `the bundle of ${name} has ${sizeOf(bytes)}, more than its budget of ${budget} MiB${largest.length > 0 ? `; its largest parts are ${largest.join(', ')}` : ''}; leave one out, or raise the budget in lib/bundle/size-budget.ts`,
  );
};
