/** A replay against the platform that runs on a folder: purchases, kills meanwhile, and the orders and mails that must come of it. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openWarehouseDoor } from '../../services/kit/warehouse/warehouse-door.ts';
import { type LocalState, readState } from '../local/state.ts';
import { createApiClient } from '../shop/api-client.ts';
import { openMailFolder } from '../shop/mail-folder.ts';
import { patiently } from '../shop/patiently.ts';
import { type Kill, type Killing, type KillPlan, killMeanwhile } from './kill-meanwhile.ts';
import { auditMails, auditOrders, databaseTime, type MailAudit, type OrderAudit, storedOrders } from './own-orders.ts';
import { byDate, type PastPurchase, readPurchases } from './purchases.ts';
import { type Accepted, type ReplayProgress, type ReplayReport, replay } from './replay.ts';
import { auditWarehouse, type WarehouseAudit } from './warehouse-audit.ts';
import { watchPlatform } from './watch-platform.ts';

export type PlatformReplay = {
  /** Folder of the running platform; `replay/history.jsonl` in it keeps what was promised. */
  readonly dataFolder: string;
  /** File of purchases; default the sample beside this code. */
  readonly file: string | undefined;
  /** Purchases begun per second. */
  readonly rate: number;
  /** Only the first so many purchases; absent: all. */
  readonly limit: number | undefined;
  /** Asked ahead of each purchase: once it is so, no further one begins. Default never. */
  readonly isEnough?: (() => boolean) | undefined;
  /** Seconds for which one request is repeated before its purchase counts as failed. */
  readonly patienceSeconds: number;
  /** Who is killed meanwhile, and how often each; absent: nobody. */
  readonly kills: KillPlan | undefined;
  /** Whether nothing runs because somebody else starts the platform again; default never. */
  readonly isRestarting?: () => boolean;
  readonly onKill: (kill: Kill) => void;
  /** Told the new process of a supervisor that was killed. */
  readonly onRestart: (pid: number) => void;
  /** Told after each step of a purchase; `count` is how many purchases there are. */
  readonly onProgress: (progress: ReplayProgress, count: number) => void;
  /** Told while confirmations are missing, how many. */
  readonly onMailWait: (missing: number) => void;
  readonly signal: AbortSignal;
};

export type PlatformReplayReport = ReplayReport & {
  /** Confirmations; null where the shop sends no mails. */
  readonly mails: MailAudit | null;
  readonly orders: OrderAudit;
  /** Rows of the payments; null where the shop has no warehouse. */
  readonly warehouse: WarehouseAudit | null;
  readonly kills: readonly Kill[];
  /** File of what was promised, for `cloudmart laws --history`. */
  readonly history: string;
};

/** For the last mails after the last outcome: longer than a mail waits whose function was killed with its claim. */
const MAILS_WITHIN_MS = 180_000;

/** For the last rows: longer than the function takes to start again after a kill. */
const ROWS_WITHIN_MS = 60_000;

const sampleFile = new URL('./cdnow-sample.txt', import.meta.url);

const readFileOfPurchases = async (file: string | undefined): Promise<PastPurchase[]> => {
  const text = await readFile(file ?? sampleFile, 'utf8').catch((problem: NodeJS.ErrnoException) => {
    throw new Error(`${file} cannot be read: ${problem.code === 'ENOENT' ? 'there is no such file' : problem.message}`);
  });
  const purchases = byDate(readPurchases(text));
  if (purchases.length === 0) throw new Error(`${file} holds no purchase`);
  return purchases;
};

/** Whether anything came out that must not: a failed purchase, an order lost or doubled, a mail or a row that is missing. */
export const hasFindings = ({ failed, orders, mails, warehouse }: PlatformReplayReport): boolean =>
  failed +
    orders.lost.length +
    orders.doubled.length +
    (mails?.missing.length ?? 0) +
    (warehouse?.missing.length ?? 0) >
  0;

/** Replays and audits; `progress` is kept up to date, so that somebody who ends it hears how far it came. */
const replayOn = async (
  state: LocalState,
  purchases: readonly PastPurchase[],
  request: PlatformReplay,
  far: ReplayProgress,
) => {
  const { dataFolder, rate, patienceSeconds, kills, onKill, onRestart, onProgress, onMailWait, signal } = request;
  const history = path.join(dataFolder, 'replay', 'history.jsonl');
  await mkdir(path.dirname(history), { recursive: true });
  await writeFile(history, '', { flag: 'a' });

  const ordersUrl = state.databases['orders'] ?? '';
  const patience = { seconds: patienceSeconds, onRetry: () => undefined, signal };
  const since = await patiently(() => databaseTime(ordersUrl), patience);
  const accepted: Accepted[] = [];
  const askedKeys = new Set<string>();
  const paid: string[] = [];
  const over = new AbortController();
  let killing: Killing | undefined;
  const watch = watchPlatform(dataFolder, () => killing?.isRestarting() ?? request.isRestarting?.() ?? false);
  const ended = AbortSignal.any([signal, watch.gone, over.signal]);
  if (kills) {
    killing = killMeanwhile({ ...kills, purchases: purchases.length, dataFolder, signal: ended, onKill, onRestart });
    killing.finish().catch((problem: unknown) => over.abort(problem));
  }
  try {
    const report = await replay({
      ...{ api: createApiClient(state.gateway), purchases, rate, patienceSeconds, signal: ended },
      ...(killing && { before: killing.before }),
      ...(request.isEnough && { isEnough: request.isEnough }),
      onOrdering: (key) => askedKeys.add(key),
      onAccepted: (promise) => {
        accepted.push(promise);
        const { orderId, idempotencyKey, total } = promise;
        return appendFile(history, `${JSON.stringify({ orderId, idempotencyKey, total })}\n`);
      },
      onSettled: (orderId, status) => {
        if (status === 'paid') paid.push(orderId);
      },
      onProgress: (progress) => {
        Object.assign(far, progress);
        killing?.progressed(progress.settled + progress.failed);
        onProgress(progress, purchases.length);
      },
    });
    const killed = (await killing?.finish()) ?? [];
    const waiting = { withinMs: MAILS_WITHIN_MS, onWait: onMailWait, signal: ended };
    const mails = state.mailer ? await auditMails(openMailFolder(state.mailFolder), paid, waiting) : null;
    const rows = { withinMs: ROWS_WITHIN_MS, signal: ended };
    const warehouse = state.warehouse ? await auditWarehouse(openWarehouseDoor(state.warehouse), paid, rows) : null;
    const userIds = [...new Set(accepted.map(({ userId }) => userId))];
    // Passwords may be others by now.
    const stored = await patiently(
      async () => storedOrders((await readState(dataFolder)).databases['orders'] ?? '', userIds, since),
      { ...patience, signal: ended },
    );
    return { ...report, mails, orders: auditOrders(stored, accepted, askedKeys), warehouse, kills: killed, history };
  } finally {
    watch.close();
    over.abort();
  }
};

/**
 * Replays a real shop's purchases. A kill that cannot be carried out, and a platform that is gone for good, end the replay with their
 * reason; so does the signal. The message then says how far it came.
 */
export const replayPlatform = async (request: PlatformReplay): Promise<PlatformReplayReport> => {
  const purchases = (await readFileOfPurchases(request.file)).slice(0, request.limit);
  const state = await readState(request.dataFolder);
  const far: ReplayProgress = { begun: 0, accepted: 0, settled: 0, failed: 0, retries: 0, seconds: 0 };
  try {
    return await replayOn(state, purchases, request, far);
  } catch (problem) {
    const reason = request.signal.aborted ? 'interrupted' : (problem as Error).message;
    throw new Error(
      `${reason}; ${far.begun} of ${purchases.length} purchases had begun and ${far.accepted} were accepted, which stays; "npx cloudmart laws" checks it`,
      { cause: problem },
    );
  }
};
