/** Every pipeline that manifests declare, and what of it a purchase shows from outside: event in, effect out, seconds. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { ApiClient } from '../../local/api-client.ts';
import type { Purchase } from '../../local/proof-purchase.ts';
import { NotObservable, type WasMailed } from './not-observable.ts';
import type { RolloutFinding } from './rollout-finding.ts';

/** A topic from the service that publishes it to one that consumes it. */
export type Pipeline = { readonly topic: string; readonly from: string; readonly to: string };

export type PipelineReport = Pipeline & {
  /** `not-seen` comes with a finding; `not-observed`: nobody could look, and `effect` says why. */
  readonly state: 'seen' | 'not-seen' | 'not-observed';
  /** What comes out of it, or why that cannot be seen from outside. */
  readonly effect: string;
  /** From the order to the effect; null: it was not seen. */
  readonly seconds: number | null;
};

export type PipelineProof = {
  readonly api: ApiClient;
  readonly purchase: Purchase;
  readonly wasMailed: WasMailed;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
};

/** Seconds for one effect of the purchase. */
const EFFECT_SECONDS = 60;

type Effect = {
  readonly effect: string;
  /** Throws {@link NotObservable} where it cannot be looked at. */
  readonly isSeen: (proof: PipelineProof) => Promise<boolean>;
};

const onlyFor = (reason: string): Effect => ({
  effect: 'something is visible from outside',
  isSeen: async () => {
    throw new NotObservable(reason);
  },
});

/** What shows each pipeline and nothing else, by `<topic> -> <consumer>`. */
const effects: Readonly<Record<string, Effect>> = {
  'order-events -> cart': {
    effect: 'the cart is empty',
    isSeen: async ({ api, purchase: { token } }) =>
      (await api<{ items: unknown[] }>('/api/v1/cart', { token })).items.length === 0,
  },
  'order-events -> notification': {
    effect: 'the confirmation was mailed',
    isSeen: ({ purchase: { order, email }, wasMailed }) => wasMailed(order.id, email),
  },
  'order-events -> order': onlyFor('a job drives the same order, so that its progress does not tell of the event'),
  'payment-events -> order': onlyFor(
    'order is told the same by the answer to its call, which counts if the event is late',
  ),
  'inventory-events -> order': onlyFor(
    'order is told the same by the answer to its call, which counts if the event is late',
  ),
};

const UNKNOWN = onlyFor('no effect of it is known to lib/release/rollout/verify-pipelines.ts; name one there');

const provePipeline = async (
  pipeline: Pipeline,
  proof: PipelineProof,
): Promise<{ report: PipelineReport; finding?: RolloutFinding }> => {
  const { topic, to } = pipeline;
  const { effect, isSeen } = effects[`${topic} -> ${to}`] ?? UNKNOWN;
  const { purchase, progress, signal } = proof;
  const since = () => (performance.now() - purchase.placedAt) / 1000;
  let last = '';
  while (since() < EFFECT_SECONDS) {
    try {
      if (await isSeen(proof)) {
        const seconds = Number(since().toFixed(1));
        progress(`${topic} reached ${to}: ${effect} (${seconds} s after the order)`);
        return { report: { ...pipeline, state: 'seen', effect, seconds } };
      }
    } catch (problem) {
      signal.throwIfAborted();
      if (problem instanceof NotObservable) {
        progress(`${topic} to ${to} was not observed: ${problem.message}`);
        return { report: { ...pipeline, state: 'not-observed', effect: problem.message, seconds: null } };
      }
      last = ` (${(problem as Error).message})`;
    }
    await pause(200, undefined, { signal });
  }
  return {
    report: { ...pipeline, state: 'not-seen', effect: `it is not so that ${effect}`, seconds: null },
    finding: {
      code: 'pipeline-failed',
      service: to,
      problem: `${topic} of ${pipeline.from} did not reach ${to}: ${EFFECT_SECONDS} s after order ${purchase.order.id} it is not so that ${effect}${last}`,
    },
  };
};

/** Every pipeline that manifests declare: who publishes a topic, and each service that consumes it. */
export const declaredPipelines = (services: readonly ServiceManifest[]): Pipeline[] =>
  services.flatMap((publisher) =>
    Object.keys(publisher.publishes).flatMap((topic) =>
      services
        .filter(({ consumes }) => consumes.includes(topic))
        .map((consumer) => ({ topic, from: publisher.name, to: consumer.name })),
    ),
  );

/** Follows a purchase through every declared pipeline, one after another. */
export const provePipelines = async (services: readonly ServiceManifest[], proof: PipelineProof) => {
  const pipelines: PipelineReport[] = [];
  const findings: RolloutFinding[] = [];
  for (const pipeline of declaredPipelines(services)) {
    const { report, finding } = await provePipeline(pipeline, proof);
    pipelines.push(report);
    if (finding) findings.push(finding);
  }
  return { pipelines, findings };
};
