import { describe, expect, test } from '@jest/globals';
import { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import { annotationKeys } from '../../names.ts';
import type { Release } from '../rollout/rollout-ledger.ts';
import { planReleaseRollback, planServiceRollback } from './rollback-target.ts';

const revisionKey = 'deployment.kubernetes.io/revision';

type Had = { readonly revision: number; readonly hash: string; readonly tag: string; readonly earlier?: string };

/** A Deployment whose newest revision is the last one given. */
const aService = (name: string, revisions: readonly Had[], rolledBackTo?: string) => {
  const newest = revisions.at(-1);
  const deployment = Object.assign(new V1Deployment(), {
    metadata: {
      name,
      uid: name,
      generation: 1,
      annotations: {
        [revisionKey]: String(newest?.revision),
        ...(rolledBackTo !== undefined && { [annotationKeys.rolledBackTo]: rolledBackTo }),
      },
    },
    status: { observedGeneration: 1 },
  });
  const replicaSets = revisions.map(({ revision, hash, tag, earlier }) =>
    Object.assign(new V1ReplicaSet(), {
      metadata: {
        name: `${name}-${hash}`,
        labels: { 'pod-template-hash': hash },
        annotations: {
          [revisionKey]: String(revision),
          ...(earlier && { 'deployment.kubernetes.io/revision-history': earlier }),
        },
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: name, controller: true }],
      },
      spec: { template: { spec: { containers: [{ name, image: `registry.example/${name}:${tag}` }] } } },
    }),
  );
  return { deployment, replicaSets };
};

const history = (services: readonly ReturnType<typeof aService>[], releases: readonly Release[] = []) => ({
  deployments: new Map(services.map(({ deployment }) => [deployment.metadata?.name ?? '', deployment])),
  replicaSets: services.flatMap(({ replicaSets }) => replicaSets),
  ledger: { releases },
});

const release = (
  id: string,
  hashes: Record<string, string>,
  state: Partial<Release> = { verifiedAt: id },
): Release => ({
  id,
  services: Object.fromEntries(Object.entries(hashes).map(([name, hash]) => [name, { hash, tag: hash }])),
  ...state,
});

const first = { revision: 1, hash: 'h1', tag: '1111111aaaa' };
const second = { revision: 2, hash: 'h2', tag: '2222222bbbb' };
const third = { revision: 3, hash: 'h3', tag: '3333333cccc' };

const goesTo = (plan: ReturnType<typeof planServiceRollback>) =>
  plan.steps.map(({ service, to }) => `${service} ${to.revision}`);

describe('one service', () => {
  const order = () => history([aService('order', [first, second, third])]);

  test('goes to the revision before', () => {
    expect(goesTo(planServiceRollback(order(), 'order', undefined))).toEqual(['order 2']);
  });

  test('goes to the newest verified revision instead of one that never was good', () => {
    const { deployments, replicaSets } = order();
    const ledger = { releases: [release('r1', { order: 'h1' })] };
    expect(goesTo(planServiceRollback({ deployments, replicaSets, ledger }, 'order', undefined))).toEqual(['order 1']);
  });

  test.each([['1'], ['1111111'], ['1111111aaaa']])('goes to %s when told to', (to) => {
    expect(goesTo(planServiceRollback(order(), 'order', to))).toEqual(['order 1']);
  });

  test('is found under a number that it had before it was rolled back to', () => {
    const back = history([aService('order', [second, { ...first, revision: 3, earlier: '1' }])]);
    expect(planServiceRollback(back, 'order', '1').already).toContain('runs already');
  });

  test('that was just rolled back stays, unless told where to go', () => {
    const back = history([aService('order', [second, { ...first, revision: 3 }], 'h1')]);
    expect(planServiceRollback(back, 'order', undefined).already).toContain('was rolled back to already');
    expect(goesTo(planServiceRollback(back, 'order', '2'))).toEqual(['order 2']);
  });

  test.each([
    ['7', /no one revision "7"/],
    ['222', /no one revision "222"; give a number or at least 7 characters/],
    ['2222', /no one revision/],
    ['4444444', /no one revision/],
  ])('refuses %s', (to, sentence) => {
    expect(() => planServiceRollback(order(), 'order', to)).toThrow(sentence);
  });

  test('with one revision only has nothing to go back to', () => {
    const fresh = history([aService('order', [first])]);
    expect(() => planServiceRollback(fresh, 'order', undefined)).toThrow(/is the only one/);
  });

  test('that does not exist is named with those that do', () => {
    expect(() => planServiceRollback(order(), 'odrer', undefined)).toThrow(/no Deployment odrer; known are order/);
  });
});

describe('the whole shop', () => {
  const shop = (releases: readonly Release[]) =>
    history([aService('cart', [first]), aService('order', [first, second])], releases);

  test('changes only what differs from the release before', () => {
    const plan = planReleaseRollback(shop([release('r1', { cart: 'h1', order: 'h1' })]), undefined);
    expect(goesTo(plan)).toEqual(['order 1']);
  });

  test('goes below the verified release that runs', () => {
    const releases = [release('r2', { cart: 'h1', order: 'h2' }), release('r1', { cart: 'h1', order: 'h1' })];
    expect(goesTo(planReleaseRollback(shop(releases), undefined))).toEqual(['order 1']);
  });

  test('passes over releases that were left', () => {
    const releases = [
      release('r2', { cart: 'h1', order: 'h9' }, { verifiedAt: 'r2', leftAt: 'later' }),
      release('r1', { cart: 'h1', order: 'h1' }),
    ];
    expect(goesTo(planReleaseRollback(shop(releases), undefined))).toEqual(['order 1']);
  });

  test('goes back once, however often it is asked', () => {
    const releases = [
      release('r3', { cart: 'h1', order: 'h3' }, { leftAt: 'now' }),
      release('r2', { cart: 'h1', order: 'h2' }),
      release('r1', { cart: 'h1', order: 'h1' }),
    ];
    expect(planReleaseRollback(shop(releases), undefined).already).toContain('rolled back to already');
    expect(goesTo(planReleaseRollback(shop(releases), 'r1'))).toEqual(['order 1']);
  });

  test('finishes what was interrupted: some services are back, others not', () => {
    const releases = [
      release('r2', { cart: 'h2', order: 'h2' }, { leftAt: 'now' }),
      release('r1', { cart: 'h1', order: 'h1' }),
    ];
    expect(goesTo(planReleaseRollback(shop(releases), undefined))).toEqual(['order 1']);
  });

  test('has no target before anything was verified, nor below a name that nobody gave', () => {
    expect(() => planReleaseRollback(shop([]), undefined)).toThrow(/no earlier release was ever verified/);
    expect(() => planReleaseRollback(shop([]), 'r7')).toThrow(/no release "r7"; known are none/);
  });

  test('refuses as a whole when the cluster no longer holds one of the revisions', () => {
    const releases = [release('r1', { cart: 'h1', order: 'h0' })];
    expect(() => planReleaseRollback(shop(releases), undefined)).toThrow(/no longer holds the revision of order/);
  });
});
