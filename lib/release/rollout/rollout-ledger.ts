/**
 * Which releases were verified, newest first: what "the release before" means when only some services changed. It is kept in the
 * cluster, beside what it speaks of, so that everybody who may roll back reads the same.
 */
import * as z from 'zod';
import { releasesConfigMap } from '../../names.ts';
import type { RolloutCluster } from './rollout-cluster.ts';

const KEY = 'releases.json';
/** Releases that are remembered; replica sets of older ones are gone by then. */
const KEPT = 20;

const releaseShape = z.object({
  /** When it was first noted, as ISO 8601: its name. */
  id: z.string(),
  /** Template hash and image tag by service. */
  services: z.record(z.string(), z.object({ hash: z.string(), tag: z.string() })),
  /** When it was last found good; absent: it never was. */
  verifiedAt: z.string().optional(),
  /** When it was rolled back from; such a release is no target by itself any more. */
  leftAt: z.string().optional(),
});

export type Release = z.output<typeof releaseShape>;

/** Template hash by service. */
export type Hashes = Readonly<Record<string, string>>;

export type Ledger = {
  readonly releases: readonly Release[];
  readonly resourceVersion?: string | undefined;
};

export const readLedger = async (cluster: RolloutCluster): Promise<Ledger> => {
  const map = await cluster.configMap(releasesConfigMap);
  if (!map) return { releases: [] };
  const { resourceVersion } = map.metadata ?? {};
  try {
    return { releases: z.array(releaseShape).parse(JSON.parse(map.data?.[KEY] ?? '')), resourceVersion };
  } catch {
    // Damaged by hand: the next good verification writes it anew, and services can be rolled back one by one meanwhile.
    return { releases: [], resourceVersion };
  }
};

const write = (cluster: RolloutCluster, { resourceVersion }: Ledger, releases: readonly Release[]) =>
  cluster.writeConfigMap({
    metadata: { name: releasesConfigMap, namespace: cluster.namespace, resourceVersion },
    data: { [KEY]: JSON.stringify(releases.slice(0, KEPT), null, 1) },
  });

export const isRelease = ({ services }: Release, hashes: Hashes): boolean =>
  Object.keys(hashes).length === Object.keys(services).length &&
  Object.entries(services).every(([service, { hash }]) => hashes[service] === hash);

/** Template hash by service of what a release consists of. */
export const hashesOf = (services: Release['services']): Hashes =>
  Object.fromEntries(Object.entries(services).map(([service, { hash }]) => [service, hash]));

const without = (releases: readonly Release[], services: Release['services']) =>
  releases.filter((release) => !isRelease(release, hashesOf(services)));

/**
 * Where a release stands, and whether it runs because everything newer was rolled back. Then rolling back once more by accident
 * must not go further.
 */
export const positionOf = (
  { releases }: Ledger,
  hashes: Hashes,
): { readonly index: number; readonly wasRolledBackTo: boolean } => {
  const index = releases.findIndex((release) => isRelease(release, hashes));
  return { index, wasRolledBackTo: index > 0 && releases.slice(0, index).every(({ leftAt }) => leftAt !== undefined) };
};

/** Notes that what runs now is good. A release that was rolled back to keeps its place below the one that was left. */
export const recordRelease = async (
  cluster: RolloutCluster,
  services: Release['services'],
  now: Date,
): Promise<void> => {
  const ledger = await readLedger(cluster);
  const { index, wasRolledBackTo } = positionOf(ledger, hashesOf(services));
  const verifiedAt = now.toISOString();
  const { id = verifiedAt } = ledger.releases[index] ?? {};
  const release = { id, services, verifiedAt };
  await write(
    cluster,
    ledger,
    wasRolledBackTo
      ? ledger.releases.with(index, release)
      : [{ ...release, id: index === 0 ? id : verifiedAt }, ...without(ledger.releases, services)],
  );
};

/** Notes that the release that runs is being left, before anything is changed: a second try then has the same target. */
export const leaveRelease = async (
  cluster: RolloutCluster,
  ledger: Ledger,
  services: Release['services'],
  now: Date,
): Promise<void> => {
  const { index } = positionOf(ledger, hashesOf(services));
  const leftAt = now.toISOString();
  const known = ledger.releases[index];
  await write(
    cluster,
    ledger,
    known ? ledger.releases.with(index, { ...known, leftAt }) : [{ id: leftAt, services, leftAt }, ...ledger.releases],
  );
};

/** The newest good release below the one that runs. */
export const releaseBefore = (ledger: Ledger, hashes: Hashes): Release | undefined =>
  ledger.releases
    .slice(positionOf(ledger, hashes).index + 1)
    .find(({ verifiedAt, leftAt }) => verifiedAt !== undefined && leftAt === undefined);
