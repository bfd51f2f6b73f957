/** The shop that is measured: started as `npm start` does in a folder and on ports of its own, or one that runs already. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../checkout.ts';
import { type LocalState, readState } from '../local/state.ts';

export type ShopUnderTest = {
  readonly state: LocalState;
  /** Seconds from nothing to a proved purchase; undefined for a shop that ran already. */
  readonly startSeconds?: number;
  /** Ends the shop and removes its folder; leaves one that ran already as it was. */
  stop(): Promise<void>;
};

/** Those of a first start on a slow machine, several times over. */
const STARTED_WITHIN_MS = 300_000;

/** The line of JSON with which `up` says that everything runs. Throws its own sentence when it ended before. */
const reportOf = async (
  output: NodeJS.ReadableStream,
  hasEnded: Promise<unknown>,
): Promise<{ readonly seconds: number }> => {
  const lines = createInterface({ input: output });
  const said = (async () => {
    for await (const line of lines) {
      const report = JSON.parse(line) as { seconds: number; error?: { message: string } };
      if (report.error) throw new Error(`the shop did not start: ${report.error.message}`);
      return report;
    }
    return undefined;
  })();
  const report = await Promise.race([said, hasEnded.then(() => said)]);
  if (!report) throw new Error('the shop ended before it had started; run "npm start" to see why');
  return report;
};

/** A folder below the machine's temporary one that PostgreSQL, which never runs as root, can enter. */
export const makeShopFolder = async (): Promise<string> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-shop-'));
  await chmod(folder, 0o755);
  return folder;
};

/** Starts a shop, with ports from `portBase`. It has ended again when this rejects. */
export const startShop = async ({
  portBase,
  events,
  on,
  signal,
}: {
  portBase: number;
  /** `kafka://` URL of a log to use instead of the embedded one. */
  events?: string | undefined;
  /** Data folder that is kept, without a purchase as proof; default an empty one that goes with the shop. */
  on?: string | undefined;
  signal: AbortSignal;
}): Promise<ShopUnderTest> => {
  const folder = on === undefined ? await makeShopFolder() : undefined;
  const data = on ?? path.join(folder ?? '', 'data');
  const shop = spawn(
    process.execPath,
    [
      ...['bin/cloudmart.ts', 'up', '--data', data, '--port-base', String(portBase), '--json'],
      ...(events === undefined ? [] : ['--events', events]),
      ...(on === undefined ? [] : ['--no-purchase']),
    ],
    // A process group of its own: Ctrl-C reaches the measurement alone, which ends the shop in order.
    { cwd: root, stdio: ['ignore', 'pipe', 'ignore'], detached: true },
  );
  const hasEnded = once(shop, 'close');
  const stop = async () => {
    if (shop.exitCode === null && shop.signalCode === null) shop.kill('SIGTERM');
    await hasEnded;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    const late = AbortSignal.timeout(STARTED_WITHIN_MS);
    const aborted = once(AbortSignal.any([signal, late]), 'abort').then(() => {
      signal.throwIfAborted();
      throw new Error(`the shop did not start within ${STARTED_WITHIN_MS / 1000} s; run "npm start" to see why`);
    });
    const report = await Promise.race([reportOf(shop.stdout, hasEnded), aborted]);
    return { state: await readState(data), startSeconds: (report as { seconds: number }).seconds, stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
};

/** The shop that runs on a data folder. Throws `StartRefused` where none does. */
export const runningShop = async (dataFolder: string): Promise<ShopUnderTest> => ({
  state: await readState(path.resolve(dataFolder)),
  stop: async () => undefined,
});
