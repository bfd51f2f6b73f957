import { expect, test } from '@jest/globals';
import { drainSeconds } from '../../services/kit/manifest.ts';
import { preStopSeconds, stopGraceSeconds, terminationGraceSeconds } from './deployment.ts';
import { checkedObjects } from './object-rules.ts';

const deployment = (seconds: number, terminationGracePeriodSeconds?: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wishlist' },
  spec: {
    template: {
      spec: {
        ...(terminationGracePeriodSeconds === undefined ? {} : { terminationGracePeriodSeconds }),
        containers: [{ name: 'sidecar' }, { lifecycle: { preStop: { sleep: { seconds } } } }],
      },
    },
  },
});

test('pods are refused whose drain is longer than what the grace period leaves after preStop', () => {
  expect(() => checkedObjects([deployment(preStopSeconds, preStopSeconds + drainSeconds)])).toThrow(
    'Deployment/wishlist.spec.template.spec.terminationGracePeriodSeconds is 30, but 10 s of preStop and 20 s of drain take longer; raise it above 30, or lower preStopSeconds (lib/workloads/deployment.ts) or drainSeconds (services/kit/manifest.ts)',
  );
});

test("pods are refused whose drain outlasts Kubernetes' own grace period, when they set none", () => {
  expect(() => checkedObjects([deployment(preStopSeconds)])).toThrow('terminationGracePeriodSeconds is 30');
  expect(() => checkedObjects([deployment(30 - drainSeconds - 1)])).not.toThrow();
});

test('the grace periods of the platform leave room for the drain of the kit', () => {
  expect(() => checkedObjects([deployment(preStopSeconds, terminationGraceSeconds)])).not.toThrow();
  expect(stopGraceSeconds).toBeGreaterThan(drainSeconds);
});
