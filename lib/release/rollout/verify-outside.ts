/** What a customer finds at the public address: every door, a whole purchase, and what its events set off. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { type ApiClient, ApiProblem, createApiClient } from '../../local/api-client.ts';
import { buySomething, type Purchase } from '../../local/proof-purchase.ts';
import type { RolloutFinding } from './rollout-finding.ts';

/** A topic from the service that publishes it to one that consumes it, with what was seen of it. */
export type PipelineReport = {
  readonly topic: string;
  readonly from: string;
  readonly to: string;
  /** What was seen to come out of it, or why that cannot be seen from outside. */
  readonly effect: string;
  /** From the order to the effect; null: not visible from outside. */
  readonly seconds: number | null;
};

export type OutsideReport = {
  readonly url: string;
  /** Doors that answered as they must. */
  readonly doors: number;
  readonly order?: { readonly id: string; readonly state: string; readonly seconds: number };
  readonly pipelines: readonly PipelineReport[];
};

export type OutsideVerdict = { readonly report: OutsideReport; readonly findings: readonly RolloutFinding[] };

export type OutsideRequest = {
  /** Base URL of the public door, without a trailing slash. */
  readonly url: string;
  readonly services: readonly ServiceManifest[];
  /** Token of the card that is charged and given back. */
  readonly card: string;
  /** Whether the confirmation of an order went out; absent: nobody here can tell. */
  readonly wasMailed?: ((orderId: string, email: string) => Promise<boolean>) | undefined;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
};

/** Seconds for one effect of the purchase. */
const EFFECT_SECONDS = 60;
const DOOR_DEADLINE_MS = 10_000;

type OpenApi = { paths: Record<string, Record<string, unknown>> };

/** Doors without a body and without parameters: they can be tried by everybody at any time. */
const plainDoors = ({ paths }: OpenApi): string[] =>
  Object.entries(paths)
    .filter(([path, operations]) => 'get' in operations && !path.includes('{'))
    .map(([path]) => path);

/** Doors that the description leaves out. */
const HIDDEN = ['/openapi.json', '/docs'];
/** With nobody signed in, a door is there when it answers or asks who is there. */
const WELL: readonly number[] = [200, 204, 401];

/** One request, and one more after a broken connection: a load balancer may just be letting go of the pod that answered. */
const statusOf = async (url: string, signal: AbortSignal): Promise<number | string> => {
  for (let attempt = 1; ; attempt += 1)
    try {
      const answer = await fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(DOOR_DEADLINE_MS)]),
      });
      await answer.body?.cancel();
      return answer.status;
    } catch (problem) {
      signal.throwIfAborted();
      const { name, cause, message } = problem as Error;
      if (attempt === 2)
        return name === 'TimeoutError'
          ? `no answer in ${DOOR_DEADLINE_MS / 1000} s`
          : ((cause as NodeJS.ErrnoException | undefined)?.code ?? message);
    }
};

const tryDoors = async (api: ApiClient, { url, signal }: OutsideRequest) => {
  const description = await api<OpenApi>('/openapi.json', { timeoutMs: DOOR_DEADLINE_MS });
  const doors = [...plainDoors(description), ...HIDDEN];
  const findings: RolloutFinding[] = [];
  for (const door of doors) {
    const status = await statusOf(`${url}${door}`, signal);
    if (typeof status === 'string' || !WELL.includes(status))
      findings.push({ code: 'door-failed', problem: `GET ${url}${door} answered ${status}, not 200 or 401` });
  }
  return { doors: doors.length - findings.length, findings };
};

/** The purchase's effects that can be seen from outside, by pipeline. */
const effects: readonly {
  readonly topic: string;
  readonly to: string;
  readonly effect: string;
  readonly isSeen: (purchase: Purchase, request: OutsideRequest, api: ApiClient) => Promise<boolean>;
}[] = [
  {
    topic: 'order-events',
    to: 'cart',
    effect: 'the cart is empty',
    isSeen: async ({ token }, _, api) =>
      (await api<{ items: unknown[] }>('/api/v1/cart', { token })).items.length === 0,
  },
  {
    topic: 'order-events',
    to: 'notification',
    effect: 'the confirmation was mailed',
    isSeen: async ({ order, email }, { wasMailed }) => (await wasMailed?.(order.id, email)) ?? false,
  },
];

const provePipeline = async (
  api: ApiClient,
  purchase: Purchase,
  request: OutsideRequest,
  pipeline: Pick<PipelineReport, 'topic' | 'from' | 'to'>,
): Promise<{ report: PipelineReport; finding?: RolloutFinding }> => {
  const { topic, to } = pipeline;
  const known = effects.find((one) => one.topic === topic && one.to === to);
  if (!known || (to === 'notification' && !request.wasMailed))
    return {
      report: {
        ...pipeline,
        effect: known
          ? 'mails cannot be seen from here; give --mailbox or --from-stack'
          : `nothing that only this brings about is visible from outside`,
        seconds: null,
      },
    };
  const since = () => (performance.now() - purchase.placedAt) / 1000;
  let last = '';
  while (since() < EFFECT_SECONDS) {
    try {
      if (await known.isSeen(purchase, request, api)) {
        const seconds = Number(since().toFixed(1));
        request.progress(`${topic} reached ${to}: ${known.effect} (${seconds} s after the order)`);
        return { report: { ...pipeline, effect: known.effect, seconds } };
      }
    } catch (problem) {
      request.signal.throwIfAborted();
      last = ` (${(problem as Error).message})`;
    }
    await pause(200, undefined, { signal: request.signal });
  }
  return {
    report: { ...pipeline, effect: 'not seen', seconds: null },
    finding: {
      code: 'pipeline-failed',
      service: to,
      problem: `${topic} of ${pipeline.from} did not reach ${to}: ${EFFECT_SECONDS} s after order ${purchase.order.id} it is not so that ${known.effect}${last}`,
    },
  };
};

/** Every pipeline that manifests declare: who publishes a topic, and each service that consumes it. */
export const declaredPipelines = (
  services: readonly ServiceManifest[],
): Pick<PipelineReport, 'topic' | 'from' | 'to'>[] =>
  services.flatMap((publisher) =>
    Object.keys(publisher.publishes).flatMap((topic) =>
      services
        .filter(({ consumes }) => consumes.includes(topic))
        .map((consumer) => ({ topic, from: publisher.name, to: consumer.name })),
    ),
  );

/** Gives the goods and the money back, so that nobody ships what nobody wants. */
const undo = async (api: ApiClient, { order, token }: Purchase, progress: (sentence: string) => void) => {
  await api(`/api/v1/orders/${order.id}/cancel`, {
    method: 'POST',
    token,
    body: { reason: 'made to verify a release' },
  });
  progress(`cancelled ${order.id}: goods and money are given back`);
};

const findingOf = (code: 'door-failed' | 'purchase-failed', url: string, problem: unknown): RolloutFinding => {
  if (!(problem instanceof Error)) throw problem;
  const cause = problem.cause instanceof ApiProblem ? ` (${problem.cause.message})` : '';
  return { code, problem: `${code === 'door-failed' ? '' : `buying at ${url} failed: `}${problem.message}${cause}` };
};

const readDoors = async (api: ApiClient, request: OutsideRequest) => {
  try {
    return await tryDoors(api, request);
  } catch (problem) {
    request.signal.throwIfAborted();
    return { doors: 0, findings: [findingOf('door-failed', request.url, problem)] };
  }
};

/** Follows the purchase through every pipeline and cancels it again whatever comes of them. */
const followPurchase = async (api: ApiClient, purchase: Purchase, request: OutsideRequest) => {
  const pipelines: PipelineReport[] = [];
  const findings: RolloutFinding[] = [];
  try {
    for (const pipeline of declaredPipelines(request.services)) {
      const { report, finding } = await provePipeline(api, purchase, request, pipeline);
      pipelines.push(report);
      if (finding) findings.push(finding);
    }
  } finally {
    await undo(api, purchase, request.progress);
  }
  return { pipelines, findings };
};

/** Tries the shop from outside: doors first, then a purchase. Findings say what failed. */
export const verifyOutside = async (request: OutsideRequest): Promise<OutsideVerdict> => {
  const { url, progress, signal, card } = request;
  const api = createApiClient(url);
  const { doors, findings } = await readDoors(api, request);
  if (findings.length > 0) return { report: { url, doors, pipelines: [] }, findings };
  progress(`${doors} public doors of ${url} answer`);
  // Amazon's mailbox simulator takes any label and harms no sender's reputation: SES developer guide, "Using the mailbox simulator".
  const email = `success+${randomBytes(6).toString('hex')}@simulator.amazonses.com`;
  try {
    const purchase = await buySomething({ api, email, card, say: progress, signal });
    const { id, status } = purchase.order;
    const seconds = Number(((performance.now() - purchase.placedAt) / 1000).toFixed(1));
    const followed = await followPurchase(api, purchase, request);
    return {
      report: { url, doors, order: { id, state: status, seconds }, pipelines: followed.pipelines },
      findings: followed.findings,
    };
  } catch (problem) {
    signal.throwIfAborted();
    return { report: { url, doors, pipelines: [] }, findings: [findingOf('purchase-failed', url, problem)] };
  }
};
