/** What becomes of a pipeline that shows nothing in time. */
import { expect, test } from '@jest/globals';
import { createShopClient } from '../../../services/contracts/http/client.ts';
import type { ConsumedTypes, ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Purchase } from '../../shop/purchase.ts';
import { ClusterRefused } from '../rollout/rollout-cluster-failure.ts';
import type { WasHandled } from './handled-events.ts';
import { provePipelines } from './verify-pipelines.ts';

const aService = (name: string, publishes: string[], consumes: string[], types: ConsumedTypes = 'all') =>
  ({
    name,
    owns: {},
    publishes: Object.fromEntries(publishes.map((topic) => [topic, { partitions: 1, retentionDays: 1 }])),
    consumes: Object.fromEntries(consumes.map((topic) => [topic, types])),
  }) as unknown as ServiceManifest;

/** Placed so long ago that there is time for one look. */
const purchase = { order: { id: 'ord_1' }, traceId: 'a'.repeat(32), placedAt: performance.now() - 120_000 } as Purchase;

const proof = {
  api: createShopClient({ fetch: () => Promise.reject(new Error('no door is needed')) }),
  purchase,
  wasMailed: async () => false,
  progress: () => {},
  signal: new AbortController().signal,
};

const prove = (topic: string, wasHandled: WasHandled, types?: ConsumedTypes) =>
  provePipelines([aService('payment', [topic], []), aService('ledger', [], [topic], types)], { ...proof, wasHandled });

test('what the consumer says it handled is seen, also of a service that came yesterday, and however late the look', async () => {
  const asked: unknown[] = [];
  const { pipelines, findings } = await prove('payment-events', async (pipeline, { traceId }) => {
    asked.push([pipeline.topic, pipeline.to, traceId]);
    return true;
  });
  expect(asked).toEqual([['payment-events', 'ledger', purchase.traceId]]);
  expect(pipelines).toEqual([
    expect.objectContaining({ from: 'payment', to: 'ledger', state: 'seen', effect: 'ledger says that it handled it' }),
  ]);
  expect(findings).toEqual([]);
});

test('an event of every order that nobody handled is a finding about its consumer', async () => {
  const { pipelines, findings } = await prove('payment-events', async () => false);
  expect(pipelines[0]?.state).toBe('not-seen');
  expect(findings).toEqual([
    {
      code: 'pipeline-failed',
      service: 'ledger',
      problem:
        'payment-events of payment did not reach ledger: 60 s after order ord_1 it is not so that ledger says that it handled it',
    },
  ]);
});

test.each<[string, string, WasHandled, string]>([
  ['a topic on which an order need not move anything', 'review-events', async () => false, 'need not set one off'],
  [
    'a cluster that gives out no logs',
    'payment-events',
    () => Promise.reject(new ClusterRefused('cluster.slow', 'it did not read the log within 10 s')),
    'it did not read the log within 10 s',
  ],
])(
  '%s is no fault of the release, and the report says that nobody could look',
  async (_, topic, wasHandled, reason) => {
    const { pipelines, findings } = await prove(topic, wasHandled);
    expect(pipelines[0]).toMatchObject({
      state: 'not-observed',
      effect: expect.stringContaining(reason),
      seconds: null,
    });
    expect(findings).toEqual([]);
  },
);

test('a consumer that acts on nothing that every order tells need not hear of one', async () => {
  const { pipelines, findings } = await prove('payment-events', async () => false, ['payment.refunded.v1']);
  expect(pipelines[0]).toMatchObject({
    state: 'not-observed',
    effect: expect.stringContaining('need not set one off'),
  });
  expect(findings).toEqual([]);
});

test('a consumer that notes which mails it sent is taken at what arrived, not at its word', async () => {
  const mailer = {
    ...aService('mailer', [], ['order-events']),
    owns: { tables: { mails: { partitionKey: 'mail', notes: 'sent-mails' as const } } },
  };
  const proofWith = (wasMailed: boolean) =>
    provePipelines([aService('order', ['order-events'], []), mailer], {
      ...proof,
      wasMailed: async () => wasMailed,
      wasHandled: () => Promise.reject(new Error('nobody asks for its log')),
    });
  expect((await proofWith(true)).pipelines).toEqual([
    expect.objectContaining({ to: 'mailer', state: 'seen', effect: 'the confirmation was mailed' }),
  ]);
  expect((await proofWith(false)).findings).toEqual([
    expect.objectContaining({ service: 'mailer', problem: expect.stringContaining('the confirmation was mailed') }),
  ]);
});
