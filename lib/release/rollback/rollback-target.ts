/** Which revision of each service a rollback goes to: decided before anything is changed. */
import type { V1Deployment } from '@kubernetes/client-node';
import { annotationKeys } from '../../names.ts';
import type { ReleaseHistory, Snapshot } from '../rollout/release-history.ts';
import { hashesOf, positionOf, type Release, releaseBefore } from '../rollout/rollout-ledger.ts';
import { annotationOf, currentRevision, type Revision, revisionsOf, tagOf } from '../rollout/rollout-workload.ts';

/** Nothing was changed; the sentence says why and what to do. */
export class RollbackRefused extends Error {
  readonly code: 'rollback.no-target' | 'rollback.unknown-target' | 'rollback.not-seen';

  constructor(code: RollbackRefused['code'], message: string) {
    super(message);
    this.name = 'RollbackRefused';
    this.code = code;
  }
}

export type RollbackStep = { readonly service: string; readonly from: Revision; readonly to: Revision };

export type RollbackPlan = {
  /** Empty: what was asked for runs already. */
  readonly steps: readonly RollbackStep[];
  /** Why there are no steps. */
  readonly already?: string;
};

type History = Pick<ReleaseHistory, 'deployments' | 'replicaSets' | 'ledger'>;
type Running = Pick<Snapshot, 'deployments' | 'replicaSets'>;

const nameOf = ({ service, revision, image }: Revision) =>
  `${service} revision ${revision} (${tagOf(image).slice(0, 12)})`;

const deploymentOf = ({ deployments }: Running, service: string): V1Deployment => {
  const deployment = deployments.get(service);
  if (!deployment)
    throw new RollbackRefused(
      'rollback.unknown-target',
      `there is no Deployment ${service}; known are ${[...deployments.keys()].sort().join(', ') || 'none'}`,
    );
  return deployment;
};

/** The current revision of a service. Throws while its controller has not seen the last change. */
export const runningRevision = (snapshot: Running, service: string): Revision => {
  const current = currentRevision(deploymentOf(snapshot, service), snapshot.replicaSets);
  if (!current)
    throw new RollbackRefused(
      'rollback.not-seen',
      `the controller has not seen the last change of ${service} yet; try again in a moment`,
    );
  return current;
};

/** What runs now, as a release. */
export const runningRelease = (snapshot: Running): Release['services'] =>
  Object.fromEntries(
    [...snapshot.deployments.keys()].sort().map((service) => {
      const { hash, image } = runningRevision(snapshot, service);
      return [service, { hash, tag: tagOf(image) }];
    }),
  );

const known = (revisions: readonly Revision[]) =>
  revisions.map(({ revision, image }) => `${revision} (${tagOf(image).slice(0, 12)})`).join(', ');

/** A revision by its number, now or earlier, or by the start of its tag. */
const named = (service: string, revisions: readonly Revision[], running: Revision, to: string): Revision => {
  if (/^\d{1,6}$/.test(to)) {
    const number = Number(to);
    const found = revisions.find(({ revision, earlier }) => revision === number || earlier.includes(number));
    if (found) return found;
  } else if (to.length >= 7) {
    const matching = revisions.filter(({ image }) => tagOf(image).startsWith(to));
    const tags = new Set(matching.map(({ image }) => tagOf(image)));
    const [first] = matching;
    if (first && tags.size === 1) return tags.has(tagOf(running.image)) ? running : first;
  }
  throw new RollbackRefused(
    'rollback.unknown-target',
    `${service} has no one revision "${to}"; give a number or at least 7 characters of a tag of ${known(revisions)}`,
  );
};

const heldBy = (service: string, hash: string, revisions: readonly Revision[]): Revision => {
  const found = revisions.find((revision) => revision.hash === hash);
  if (!found)
    throw new RollbackRefused(
      'rollback.no-target',
      `the cluster no longer holds the revision of ${service} in that release; deploy the commit of it, or choose with "rollback ${service} --to" from ${known(revisions)}`,
    );
  return found;
};

const previousOf = (history: History, service: string, revisions: readonly Revision[], running: Revision): Revision => {
  const good = history.ledger.releases
    .filter(({ verifiedAt, leftAt }) => verifiedAt !== undefined && leftAt === undefined)
    .map(({ services }) => revisions.find(({ hash }) => hash === services[service]?.hash))
    .find((revision) => revision !== undefined && revision.hash !== running.hash);
  const previous = good ?? revisions.find(({ revision }) => revision < running.revision);
  if (!previous)
    throw new RollbackRefused(
      'rollback.no-target',
      `${nameOf(running)} is the only one that the cluster holds; there is nothing to go back to`,
    );
  return previous;
};

/** Plan for one service: to a revision or tag, or to the one that was good before. */
export const planServiceRollback = (history: History, service: string, to: string | undefined): RollbackPlan => {
  const deployment = deploymentOf(history, service);
  const running = runningRevision(history, service);
  const revisions = revisionsOf(deployment, history.replicaSets);
  if (to === undefined && annotationOf(deployment, annotationKeys.rolledBackTo) === running.hash)
    return {
      steps: [],
      already: `${nameOf(running)} was rolled back to already; to go further name one with --to: ${known(revisions)}`,
    };
  const target =
    to === undefined ? previousOf(history, service, revisions, running) : named(service, revisions, running, to);
  return target.hash === running.hash
    ? { steps: [], already: `${nameOf(running)} runs already` }
    : { steps: [{ service, from: running, to: target }] };
};

/** Plan for the whole shop: to the release that was good before, or to the one of this id. */
export const planReleaseRollback = (history: History, to: string | undefined): RollbackPlan => {
  const { ledger } = history;
  const running = runningRelease(history);
  const hashes = hashesOf(running);
  const ids = ledger.releases.map(({ id }) => id).join(', ') || 'none';
  if (to === undefined && positionOf(ledger, hashes).wasRolledBackTo)
    return {
      steps: [],
      already: `the release before was rolled back to already; to go further name one with --to: ${ids}`,
    };
  const target = to === undefined ? releaseBefore(ledger, hashes) : ledger.releases.find(({ id }) => id === to);
  if (!target)
    throw new RollbackRefused(
      to === undefined ? 'rollback.no-target' : 'rollback.unknown-target',
      to === undefined
        ? 'no earlier release was ever verified here; roll back one service with "rollback SERVICE"'
        : `there is no release "${to}"; known are ${ids}`,
    );
  const steps = Object.entries(target.services).flatMap(([service, { hash }]): RollbackStep[] => {
    if (!history.deployments.has(service) || hashes[service] === hash) return [];
    const revisions = revisionsOf(deploymentOf(history, service), history.replicaSets);
    return [{ service, from: runningRevision(history, service), to: heldBy(service, hash, revisions) }];
  });
  return steps.length > 0 ? { steps } : { steps, already: `release ${target.id} runs already` };
};
