/** What becomes of pipelines that are not well after a deployment. */
import { expect, test } from '@jest/globals';
import { anUntoldPipeline } from '../../pipelines/testing/pipelines.ts';
import type { Pipeline } from '../../shop/operations-views.ts';
import { isFaultOfRelease } from '../rollout/rollout-finding.ts';
import { judgePipelines } from './standing-pipelines.ts';

const aPipeline = (differing: Partial<Pipeline> = {}) =>
  anUntoldPipeline({
    ...{ source: { kind: 'table', name: 'order-events' }, to: 'warehouse-export', note: null },
    ...{ isEnabled: true, freshnessSeconds: 0, deadLetters: 0 },
    ...differing,
  });

const judge = async (looks: readonly (readonly Pipeline[])[], settleSeconds = 0.05) => {
  const said: string[] = [];
  let looked = 0;
  const judged = await judgePipelines({
    watch: (work) => work(async () => looks[Math.min(looked++, looks.length - 1)] ?? []),
    progress: (sentence) => said.push(sentence),
    signal: new AbortController().signal,
    settleSeconds,
    everyMs: 10,
  });
  return { ...judged, said, looked };
};

test('a mapping that somebody switched off is found by the name of its function, and an older release would not mend it', async () => {
  const note = 'Lambda has its mapping 1-2 as Disabled (User initiated)';
  const { findings } = await judge([[aPipeline(), aPipeline({ isEnabled: false, note })]]);
  expect(findings).toEqual([
    {
      code: 'pipeline-stopped',
      service: 'warehouse-export',
      problem: `warehouse-export does not read table order-events of ledger (${note}); see docs/runbooks/consumer-lag.md`,
    },
  ]);
  expect(findings.some(isFaultOfRelease)).toBe(false);
});

test('one that is staler than it may be is found with both figures', async () => {
  const { findings, said } = await judge([[aPipeline({ freshnessSeconds: 61 })]]);
  expect(findings).toEqual([
    expect.objectContaining({
      code: 'pipeline-behind',
      problem: expect.stringContaining('warehouse-export is 61 s behind table order-events of ledger, of 60 s that'),
    }),
  ]);
  expect(said).toEqual(['0 of 1 pipelines are read and up to date']);
});

test('what only needs a moment after a deployment is waited for, and what nobody can tell is no finding', async () => {
  const unknown = aPipeline({ isEnabled: null, freshnessSeconds: null, note: 'nobody can tell' });
  const { findings, pipelines, looked } = await judge([[aPipeline({ isEnabled: false })], [unknown]], 10);
  expect([findings, pipelines, looked]).toEqual([[], [unknown], 2]);
});

test('where nobody may look, the report says so and the release is not blamed', async () => {
  const said: string[] = [];
  const judged = await judgePipelines({
    watch: () => Promise.reject(new Error('the password cannot be read')),
    progress: (sentence) => said.push(sentence),
    signal: new AbortController().signal,
  });
  expect([judged, said]).toEqual([
    { pipelines: [], findings: [] },
    ['how the pipelines are was not observed: the password cannot be read'],
  ]);
});
