/** Every pipeline that manifests declare, and what of it a purchase shows from outside: event in, effect out, seconds. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ShopClient } from '../../../services/contracts/http/client.ts';
import { actsOn, type ServiceManifest } from '../../../services/kit/manifest.ts';
import { sentMailsOf } from '../../services.ts';
import type { Purchase } from '../../shop/purchase.ts';
import { ClusterRefused } from '../rollout/rollout-cluster-failure.ts';
import type { RolloutFinding } from '../rollout/rollout-finding.ts';
import type { WasHandled } from './handled-events.ts';
import { NotObservable, type WasMailed } from './not-observable.ts';

/** A topic from the service that publishes it to one that consumes it. */
export type Pipeline = {
  readonly topic: string;
  readonly from: string;
  readonly to: string;
  /** Whether every paid order tells something on which the consumer acts. */
  readonly isOfEveryOrder: boolean;
};

export type PipelineReport = Omit<Pipeline, 'isOfEveryOrder'> & {
  /** `not-seen` comes with a finding; `not-observed`: nobody could look, and `effect` says why. */
  readonly state: 'seen' | 'not-seen' | 'not-observed';
  /** What comes out of it, or why that cannot be seen from outside. */
  readonly effect: string;
  /** From the order to the effect; null: it was not seen. */
  readonly seconds: number | null;
};

export type PipelineProof = {
  readonly api: ShopClient;
  readonly purchase: Purchase;
  readonly wasMailed: WasMailed;
  readonly wasHandled: WasHandled;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
};

/** Seconds for one effect of the purchase. */
const EFFECT_SECONDS = 60;
const LOOK_EVERY_MS = 500;

/** What every paid order tells; a consumer that acts on none of these need not hear of a purchase. */
const ofEveryOrder: readonly (readonly [topic: string, type: string])[] = [
  ['order-events', 'order.placed.v1'],
  ['order-events', 'order.stock-reserved.v1'],
  ['order-events', 'order.paid.v1'],
  ['payment-events', 'payment.authorised.v1'],
  ['payment-events', 'payment.captured.v1'],
  ['inventory-events', 'inventory.reserved.v1'],
  ['inventory-events', 'inventory.committed.v1'],
];

type Effect = {
  readonly effect: string;
  /** Throws {@link NotObservable} where it cannot be looked at. */
  readonly isSeen: (proof: PipelineProof) => Promise<boolean>;
};

const emptiedCart: Effect = {
  effect: 'the cart is empty',
  isSeen: async ({ api, purchase: { token } }) => (await api.cart.show({}, { token })).items.length === 0,
};

const mailedConfirmation: Effect = {
  effect: 'the confirmation was mailed',
  isSeen: ({ purchase: { order, email }, wasMailed }) => wasMailed(order.id, email),
};

/** Every other pipeline is known by what its consumer logs. */
const logged = (pipeline: Pipeline): Effect => ({
  effect: `${pipeline.to} says that it handled it`,
  isSeen: ({ wasHandled, purchase }) => wasHandled(pipeline, purchase),
});

/** What shows that a pipeline worked; what a customer notices is better than the consumer's own word. */
const effectOf = (pipeline: Pipeline, services: readonly ServiceManifest[]): Effect => {
  if (pipeline.topic !== 'order-events') return logged(pipeline);
  if (pipeline.to === 'cart') return emptiedCart;
  return pipeline.to === sentMailsOf(services)?.service ? mailedConfirmation : logged(pipeline);
};

const provePipeline = async (
  pipeline: Pipeline,
  { effect, isSeen }: Effect,
  proof: PipelineProof,
): Promise<{ report: PipelineReport; finding?: RolloutFinding }> => {
  const { topic, from, to, isOfEveryOrder } = pipeline;
  const { purchase, progress, signal } = proof;
  const since = () => (performance.now() - purchase.placedAt) / 1000;
  // Of a topic that no purchase writes to, one look is enough: an account was made on the way, or it was not.
  const mayStillCome = () => ofEveryOrder.some(([of]) => of === topic) && since() < EFFECT_SECONDS;
  let last: Error | undefined;
  const notObserved = ({ message }: Error) => {
    progress(`${topic} to ${to} was not observed: ${message}`);
    return { report: { topic, from, to, state: 'not-observed' as const, effect: message, seconds: null } };
  };
  do {
    try {
      if (await isSeen(proof)) {
        const seconds = Number(since().toFixed(1));
        progress(`${topic} reached ${to}: ${effect} (${seconds} s after the order)`);
        return { report: { topic, from, to, state: 'seen', effect, seconds } };
      }
      last = undefined;
    } catch (problem) {
      signal.throwIfAborted();
      if (problem instanceof NotObservable) return notObserved(problem);
      last = problem as Error;
    }
    if (mayStillCome()) await pause(LOOK_EVERY_MS, undefined, { signal });
  } while (mayStillCome());
  // A cluster that tells nothing is no fault of the release.
  if (last instanceof ClusterRefused) return notObserved(last);
  if (!isOfEveryOrder)
    return notObserved(new Error('no event of this purchase came to it, and a purchase need not set one off'));
  return {
    report: { topic, from, to, state: 'not-seen', effect: `it is not so that ${effect}`, seconds: null },
    finding: {
      code: 'pipeline-failed',
      service: to,
      problem: `${topic} of ${from} did not reach ${to}: ${EFFECT_SECONDS} s after order ${purchase.order.id} it is not so that ${effect}${last ? ` (${last.message})` : ''}`,
    },
  };
};

/** Every pipeline that manifests declare: who publishes a topic, and each service that consumes it. */
export const declaredPipelines = (services: readonly ServiceManifest[]): Pipeline[] =>
  services.flatMap((publisher) =>
    Object.keys(publisher.publishes).flatMap((topic) =>
      services
        .filter((consumer) => actsOn(consumer, topic))
        .map((consumer) => ({
          topic,
          from: publisher.name,
          to: consumer.name,
          isOfEveryOrder: ofEveryOrder.some(([of, type]) => of === topic && actsOn(consumer, topic, type)),
        })),
    ),
  );

/** Follows a purchase through every declared pipeline, one after another. */
export const provePipelines = async (services: readonly ServiceManifest[], proof: PipelineProof) => {
  const pipelines: PipelineReport[] = [];
  const findings: RolloutFinding[] = [];
  for (const pipeline of declaredPipelines(services)) {
    const { report, finding } = await provePipeline(pipeline, effectOf(pipeline, services), proof);
    pipelines.push(report);
    if (finding) findings.push(finding);
  }
  return { pipelines, findings };
};
