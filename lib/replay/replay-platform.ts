/** A replay against the platform that runs on a folder: purchases, kills meanwhile, and the mails that must come of it. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readState } from '../local/state.ts';
import { services } from '../services.ts';
import { createApiClient } from '../shop/api-client.ts';
import { openMailFolder } from '../shop/mail-folder.ts';
import { type Kill, killServices } from './kill-services.ts';
import { byDate, readPurchases } from './purchases.ts';
import { type ReplayProgress, type ReplayReport, replay } from './replay.ts';

export type PlatformReplay = {
  /** Folder of the running platform; `replay/history.jsonl` in it keeps what was promised. */
  readonly dataFolder: string;
  /** Purchases begun per second. */
  readonly rate: number;
  /** Only the first so many purchases; absent: all. */
  readonly limit: number | undefined;
  /** Seconds for which one request is repeated before its purchase counts as failed. */
  readonly patienceSeconds: number;
  /** Who is killed meanwhile, and how often each; absent: nobody. */
  readonly kills: { readonly targets: readonly string[]; readonly times: number } | undefined;
  readonly onKill: (kill: Kill) => void;
  /** Told at most every two seconds; `count` is how many purchases there are. */
  readonly onProgress: (progress: ReplayProgress, count: number) => void;
  readonly signal: AbortSignal;
};

export type PlatformReplayReport = ReplayReport & {
  /** Confirmations that arrived; null where the shop sends none. */
  readonly mails: number | null;
  readonly kills: readonly Kill[];
  /** File of what was promised, for `cloudmart laws --history`. */
  readonly history: string;
};

const PROGRESS_EVERY_MS = 2_000;
/** For the last mails to arrive after the last outcome. */
const MAILS_WITHIN_MS = 60_000;
/** Share of the replay that has kills; at its end purchases meet a whole platform too. */
const SHARE_WITH_KILLS = 0.8;

const purchasesFile = new URL('./cdnow-sample.txt', import.meta.url);

const expectMails = async (folder: string, expected: number): Promise<number> => {
  const mails = openMailFolder(folder);
  for (const until = performance.now() + MAILS_WITHIN_MS; ; await pause(1_000)) {
    const all = await mails.list({ limit: Number.POSITIVE_INFINITY });
    const count = all.filter(({ to }) => to.some((address) => address.endsWith('@replay.example'))).length;
    if (count >= expected || performance.now() > until) return count;
  }
};

/** Replays a real shop's purchases. A kill that cannot be carried out ends the replay with its reason. */
export const replayPlatform = async (request: PlatformReplay): Promise<PlatformReplayReport> => {
  const { dataFolder, rate, limit, patienceSeconds, kills, onKill, onProgress, signal } = request;
  const purchases = byDate(readPurchases(await readFile(purchasesFile, 'utf8'))).slice(0, limit);
  const state = await readState(dataFolder);
  const databaseOf = Object.fromEntries(
    services.flatMap(({ name, owns, publishes }) =>
      owns.database && Object.keys(publishes).length > 0 ? [[name, state.databases[owns.database] ?? '']] : [],
    ),
  );
  const history = path.join(dataFolder, 'replay', 'history.jsonl');
  await mkdir(path.dirname(history), { recursive: true });
  await writeFile(history, '', { flag: 'a' });

  const failed = new AbortController();
  const ended = AbortSignal.any([signal, failed.signal]);
  const withinMs = (purchases.length / rate) * 1000 * SHARE_WITH_KILLS;
  let killing: ReturnType<typeof killServices> | undefined;
  const kill = () => {
    if (kills)
      killing ??= killServices({ ...kills, withinMs, databaseOf, onKill, signal: ended }).catch((problem: unknown) => {
        failed.abort(problem);
        return [];
      });
  };
  let shownAt = 0;
  const report = await replay({
    ...{ api: createApiClient(state.gateway), purchases, rate, patienceSeconds, signal: ended },
    onAccepted: (promise) => appendFile(history, `${JSON.stringify(promise)}\n`),
    onProgress: (progress) => {
      // Not before the first purchase: in a short replay all kills would fall into the reading of the catalogue.
      kill();
      if (performance.now() - shownAt < PROGRESS_EVERY_MS) return;
      shownAt = performance.now();
      onProgress(progress, purchases.length);
    },
  });
  const killed = (await killing) ?? [];
  failed.signal.throwIfAborted();
  const mails = state.mailer ? await expectMails(state.mailFolder, report.states['paid'] ?? 0) : null;
  return { ...report, mails, kills: killed, history };
};
