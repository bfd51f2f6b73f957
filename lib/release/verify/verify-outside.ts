/** What a customer finds at the public address: every door, a whole purchase, and what its events set off. */
import { randomBytes } from 'node:crypto';
import { ApiProblem } from '../../../services/contracts/http/ask.ts';
import { createShopClient, type ShopClient } from '../../../services/contracts/http/client.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Pipeline } from '../../shop/operations-views.ts';
import { buySomething, type Purchase } from '../../shop/purchase.ts';
import type { RolloutFinding } from '../rollout/rollout-finding.ts';
import type { WasHandled } from './handled-events.ts';
import type { WasMailed } from './not-observable.ts';
import { judgePipelines, type WatchPipelines } from './standing-pipelines.ts';
import { describedDoors, tryDoorsOf, tryPlainDoors } from './verify-doors.ts';
import { type PipelineReport, provePipelines } from './verify-pipelines.ts';

export type OutsideReport = {
  readonly url: string;
  /** Doors that answered as they must. */
  readonly doors: number;
  /** Doors, `PATCH /api/v1/me`, that were neither tried nor used, because they change something or are about something else. */
  readonly notTried: readonly string[];
  readonly order?: { readonly id: string; readonly state: string; readonly seconds: number };
  readonly pipelines: readonly PipelineReport[];
  /** How every pipeline stands, as `npx cloudmart pipelines` tells it; empty: nobody could look. */
  readonly standing: readonly Pipeline[];
};

export type OutsideVerdict = { readonly report: OutsideReport; readonly findings: readonly RolloutFinding[] };

export type OutsideRequest = {
  /** Base URL of the public door, without a trailing slash. */
  readonly url: string;
  readonly services: readonly ServiceManifest[];
  /** Token of the card that is charged and given back. */
  readonly card: string;
  readonly wasMailed: WasMailed;
  readonly wasHandled: WasHandled;
  /** Looks at how pipelines stand; undefined: nobody may. */
  readonly watchPipelines: WatchPipelines | undefined;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
};

const cancelPath = ({ order }: Purchase) => `/api/v1/orders/${order.id}/cancel`;

/** Gives the goods and the money back, so that nobody ships what nobody wants. */
const undo = async (api: ShopClient, purchase: Purchase, progress: (sentence: string) => void) => {
  const { order, token } = purchase;
  await api.orders.cancel({ params: { id: order.id }, body: { reason: 'made to verify a release' } }, { token });
  progress(`cancelled ${order.id}: goods and money are given back`);
};

const findingOf = (code: 'door-failed' | 'purchase-failed', url: string, problem: unknown): RolloutFinding => {
  if (!(problem instanceof Error)) throw problem;
  const cause = problem.cause instanceof ApiProblem ? ` (${problem.cause.message})` : '';
  return { code, problem: `${code === 'door-failed' ? '' : `buying at ${url} failed: `}${problem.message}${cause}` };
};

const readDoors = async (request: OutsideRequest) => {
  try {
    const all = await describedDoors(request);
    return { all, ...(await tryPlainDoors(all, request)) };
  } catch (problem) {
    request.signal.throwIfAborted();
    return { all: [], doors: 0, findings: [findingOf('door-failed', request.url, problem)] };
  }
};

/** A client that notes what it asked, `POST /api/v1/orders`. */
const noting = (baseUrl: string, used: string[]): ShopClient =>
  createShopClient({
    baseUrl,
    fetch: (url, request) => {
      used.push(`${request.method} ${url.slice(baseUrl.length).split('?')[0]}`);
      return fetch(url, request);
    },
  });

/** Follows the purchase through its doors and every pipeline, and cancels it again whatever comes of them. */
const followPurchase = async (
  purchase: Purchase,
  { api, all, used }: { api: ShopClient; all: readonly string[]; used: readonly string[] },
  request: OutsideRequest,
) => {
  try {
    const ofPurchase = await tryDoorsOf(purchase, all, [...used, `POST ${cancelPath(purchase)}`], request);
    const { pipelines, findings } = await provePipelines(request.services, { ...request, api, purchase });
    return { ...ofPurchase, pipelines, findings: [...ofPurchase.findings, ...findings] };
  } finally {
    await undo(api, purchase, request.progress);
  }
};

/** Tries the shop from outside: doors first, then a purchase. Findings say what failed. */
export const verifyOutside = async (request: OutsideRequest): Promise<OutsideVerdict> => {
  const { url, progress, signal, card } = request;
  const used: string[] = [];
  const api = noting(url, used);
  const { all, doors, findings } = await readDoors(request);
  const untried = { url, doors, notTried: [], pipelines: [], standing: [] };
  if (findings.length > 0) return { report: untried, findings };
  progress(`${doors} public doors of ${url} answer`);
  // Amazon's mailbox simulator takes any label and harms no sender's reputation: SES developer guide, "Using the mailbox simulator".
  const email = `success+${randomBytes(6).toString('hex')}@simulator.amazonses.com`;
  try {
    const purchase = await buySomething({ api, email, card, say: progress, signal });
    const { id, status } = purchase.order;
    const seconds = Number(((performance.now() - purchase.placedAt) / 1000).toFixed(1));
    const followed = await followPurchase(purchase, { api, all, used }, request);
    const { notTried, pipelines } = followed;
    progress(`${followed.doors} more doors answer the buyer; ${notTried.length} were not tried`);
    const { watchPipelines: watch } = request;
    const judged = watch && (await judgePipelines({ watch, progress, signal }));
    const order = { id, state: status, seconds };
    const standing = judged?.pipelines ?? [];
    return {
      report: { url, doors: doors + followed.doors, notTried, order, pipelines, standing },
      findings: [...followed.findings, ...(judged?.findings ?? [])],
    };
  } catch (problem) {
    signal.throwIfAborted();
    return { report: untried, findings: [findingOf('purchase-failed', url, problem)] };
  }
};
