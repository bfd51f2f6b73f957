/** Whether a service handled an event of a purchase, as the logs of its pods say. */
import { readHandledEvent } from '../../../services/kit/events/handled-event.ts';
import type { Environment } from '../../environment/environment.ts';
import type { Purchase } from '../../shop/purchase.ts';
import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import { ClusterRefused } from '../rollout/rollout-cluster-failure.ts';
import { isReady, podsOf } from '../rollout/rollout-workload.ts';
import { NotObservable } from './not-observable.ts';

/** A topic and the service that consumes it. */
export type ConsumedTopic = { readonly topic: string; readonly to: string };

/**
 * Whether the consumer committed the effect of an event that follows from the order. Throws {@link NotObservable} where its log
 * cannot be read, and `ClusterRefused` for a failure that may pass.
 */
export type WasHandled = (
  consumption: ConsumedTopic,
  purchase: Pick<Purchase, 'traceId' | 'placedAt'>,
) => Promise<boolean>;

/** Whether one of the lines tells of an event of this topic and trace. */
export const tellsOf = (lines: readonly string[], topic: string, traceId: string): boolean =>
  lines.map(readHandledEvent).some((event) => event?.topic === topic && event.traceId === traceId);

/** Seconds by which the first lines may be older than the answer to the order. */
const LEEWAY_SECONDS = 10;

/** Reads the logs of the ready pods; any of them may have handled the event. */
export const handledInPods =
  (cluster: RolloutCluster, { name, logLevel }: Pick<Environment, 'name' | 'logLevel'>): WasHandled =>
  async ({ topic, to }, { traceId, placedAt }) => {
    if (logLevel === 'warn')
      throw new NotObservable(
        `services of ${name} log from "warn" on, which leaves out what they handle; set logLevel to "info" in lib/environments.ts`,
      );
    const pods = podsOf(to, await cluster.pods()).filter(isReady);
    if (pods.length === 0)
      throw new NotObservable(`${to} runs in no pod of ${cluster.context}, so that there is no log to read`);
    const seconds = Math.ceil((performance.now() - placedAt) / 1000) + LEEWAY_SECONDS;
    const logs = await Promise.allSettled(
      pods.map(({ metadata }) => cluster.linesSince(metadata?.name ?? '', to, seconds)),
    );
    const lines = logs.flatMap((log) => (log.status === 'fulfilled' ? log.value : []));
    if (tellsOf(lines, topic, traceId)) return true;
    const failed = logs.find((log) => log.status === 'rejected');
    if (!failed) return false;
    const refusal: unknown = failed.reason;
    if (refusal instanceof ClusterRefused && !refusal.isPassing)
      throw new NotObservable(`the log of ${to} cannot be read: ${refusal.message}`, { cause: refusal });
    throw refusal;
  };
