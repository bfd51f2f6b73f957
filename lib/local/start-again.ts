/** A platform that was killed, started once more with its own options, in a process that outlives this one. */
import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from '../checkout.ts';
import { folderHolder } from './data-folder.ts';
import { lastWords } from './process-log.ts';
import { StartRefused } from './start-refused.ts';
import { type LocalState, readState } from './state.ts';

const READY_WITHIN_MS = 240_000;
const POLL_MS = 200;

/** Runs until it is ended with `cloudmart stop`; its output goes to `logs/platform.log`. */
const startApart = async ({ dataFolder, startedWith: { portBase, events, size } }: LocalState) => {
  const logFile = path.join(dataFolder, 'logs', 'platform.log');
  const log = await open(logFile, 'a', 0o600);
  const { size: from } = await log.stat();
  // Under npm a platform ends with the npm that started it; this one is to go on.
  const { npm_execpath: _, ...environment } = process.env;
  const child = spawn(
    process.execPath,
    [
      ...(size === 'small' ? ['--max-semi-space-size=1'] : []),
      path.join(root, 'bin/cloudmart.ts'),
      ...['up', '--no-purchase', '--data', dataFolder],
      ...(portBase === undefined ? [] : ['--port-base', String(portBase)]),
      ...(events === undefined ? [] : ['--events', events]),
      ...(size === 'small' ? ['--small'] : []),
    ],
    { cwd: root, env: environment, detached: true, stdio: ['ignore', log.fd, log.fd] },
  );
  await log.close();
  let ended = false;
  child.once('error', () => {
    ended = true;
  });
  child.once('exit', () => {
    ended = true;
  });
  child.unref();
  return { hasEnded: () => ended, lastWords: () => lastWords(logFile, from), logFile };
};

/**
 * Waits until a killed platform runs again, and starts it unless somebody else does. Resolves with what the new one tells of itself.
 * Throws `StartRefused` when it does not start within four minutes, or the reason of the signal.
 */
export const startAgain = async (killed: LocalState, signal: AbortSignal): Promise<LocalState> => {
  const started = await startApart(killed);
  for (const until = performance.now() + READY_WITHIN_MS; ; ) {
    const state = await readState(killed.dataFolder).catch(() => undefined);
    if (state && state.pid !== killed.pid) return state;
    const isStarting = !started.hasEnded() || (await folderHolder(killed.dataFolder)) !== undefined;
    if (!isStarting || performance.now() > until)
      throw new StartRefused(
        'platform.not-started-again',
        `the platform that was killed does not start again: ${await started.lastWords()}. Its output is in ${started.logFile}`,
      );
    await pause(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
};
