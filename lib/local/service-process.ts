/** One supervised child process: started, watched until ready, restarted with back-off when it dies, ended in bounded time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { AT_HOME, askChild } from './control/ask-child.ts';
import type { Inspection } from './control/inspected-child.ts';
import { lastWords } from './process-log.ts';
import { StartRefused } from './start-refused.ts';

export type ProcessPlan = {
  readonly name: string;
  /** JavaScript file that Node runs. */
  readonly entry: string;
  readonly arguments?: readonly string[];
  /** Whole environment of the child; nothing of the parent's is added. */
  readonly environment: Readonly<Record<string, string>>;
  /** Flags of Node, such as limits of the heap. */
  readonly nodeFlags: readonly string[];
  readonly logFile: string;
  readonly workingFolder: string;
  /** URL that answers 200 once the service is ready; absent: the child says `ready` over its channel. */
  readonly readyUrl?: string;
};

/** Waits before the next start of a process that died: doubles from `firstMs` to `mostMs`, and starts over after `calmMs` of life. */
export type RestartBackOff = { readonly firstMs: number; readonly mostMs: number; readonly calmMs: number };
// Kubernetes waits up to 300 s; on this machine somebody watches, and a start costs a second of one core.
export const BACK_OFF: RestartBackOff = { firstMs: 250, mostMs: 5000, calmMs: 60_000 };

export const backOffMs = (deaths: number, { firstMs, mostMs }: RestartBackOff): number =>
  Math.min(firstMs * 2 ** (deaths - 1), mostMs);

export type ServiceProcess = {
  readonly name: string;
  /** Process id while it runs. */
  pid(): number | undefined;
  readonly restarts: () => number;
  /** Settles when the first start is ready; rejects with the child's last line when it dies or gives up before that. */
  readonly ready: Promise<void>;
  /**
   * SIGTERM, SIGKILL after `graceMs`, and the next one at once; a child that waits for its next start is started at once. Resolves when
   * the next one is ready; throws `StartRefused` when that dies first or is not ready `readyMs` after the old one ended.
   */
  restart(graceMs: number, readyMs: number, told: (step: 'killed' | 'ended') => void): Promise<void>;
  /** Has the child write a file of itself; resolves to its size. Throws `StartRefused` when it cannot, or dies, or takes longer. */
  inspect(inspection: Inspection, withinMs: number): Promise<number>;
  /** SIGTERM, and SIGKILL after `graceMs`. Resolves when the child is gone. */
  stop(graceMs: number): Promise<void>;
};

const READY_POLL_MS = 50;
const PROBE_TIMEOUT_MS = 2000;

/** `failed` is for good: the process lives on to say why. */
const readinessAt = async (url: string): Promise<'ready' | 'failed' | 'not yet'> => {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    if (answer.ok) return 'ready';
    const { status } = (await answer.json()) as { status?: string };
    return status === 'failed' ? 'failed' : 'not yet';
  } catch {
    return 'not yet';
  }
};

const becomesReady = async (child: ChildProcess, { readyUrl, logFile, name }: ProcessPlan, isOver: () => boolean) => {
  if (readyUrl === undefined) {
    while (!isOver()) {
      const [message] = (await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [])])) as unknown[];
      if (message === 'ready') return true;
    }
    return false;
  }
  for (; !isOver(); await pause(READY_POLL_MS)) {
    const readiness = await readinessAt(readyUrl);
    if (readiness === 'ready') return true;
    if (readiness === 'failed') throw new Error(`${name} gave up: ${await lastWords(logFile, 0)}`);
  }
  return false;
};

export type Supervision = {
  /** Gets one line for each death and each recovery. */
  readonly say: (line: string) => void;
  /** Told whenever the child was born, became ready or died. */
  readonly changed?: (state: 'starting' | 'ready' | 'down', pid: number | null, restarts: number) => void;
  /** Default {@link BACK_OFF}. */
  readonly backOff?: RestartBackOff;
};

/**
 * Starts the child and keeps it running until `stop`.
 * A child that dies before it was ever ready is started again like any other; `ready` rejects at once so that a start can give up.
 */
export const superviseProcess = (
  plan: ProcessPlan,
  { say, changed = () => undefined, backOff = BACK_OFF }: Supervision,
): ServiceProcess => {
  let child: ChildProcess | undefined;
  let restarts = 0;
  let isStopping = false;
  /** Ends the pause before the next start. */
  let hurry = new AbortController();
  /** Somebody waits for a child other than `old` to be ready. */
  let awaited: { readonly old: ChildProcess | undefined; readonly next: PromiseWithResolvers<void> } | undefined;
  let resolveReady: () => void = () => undefined;
  let rejectReady: (problem: Error) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    resolveReady = resolve;
    rejectReady = reject;
  });
  // Whoever waits gets the rejection; when nobody does, it must not end the supervisor.
  ready.catch(() => undefined);

  /** One life of the child, from start to death. Returns how it ended. */
  const live = async (): Promise<string> => {
    const log = await open(plan.logFile, 'a', 0o600);
    const { size: from } = await log.stat();
    const current = spawn(
      process.execPath,
      [`--import=${AT_HOME}`, ...plan.nodeFlags, plan.entry, ...(plan.arguments ?? [])],
      {
        cwd: plan.workingFolder,
        env: plan.environment,
        // Its own group: Ctrl-C in a terminal reaches the supervisor alone, which ends everyone in order.
        detached: true,
        stdio: ['ignore', log.fd, log.fd, 'ipc'],
      },
    );
    child = current;
    changed('starting', current.pid ?? null, restarts);
    if (isStopping) current.kill('SIGTERM');
    let ending: string | undefined;
    const ended = new Promise<void>((resolve) => {
      current.once('error', (problem) => {
        ending = problem.message;
        resolve();
      });
      current.once('exit', (code, signal) => {
        ending = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
        resolve();
      });
    });
    await log.close();
    becomesReady(current, plan, () => ending !== undefined).then((isReady) => {
      if (!isReady) return;
      changed('ready', current.pid ?? null, restarts);
      resolveReady();
      if (awaited && awaited.old !== current) awaited.next.resolve();
      if (restarts > 0) say(`${plan.name} is ready again after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`);
    }, rejectReady);
    await ended;
    child = undefined;
    changed('down', null, restarts);
    // A signal or a voluntary end has no last words to tell.
    const told =
      ending?.startsWith('ended with') && !ending.endsWith(' 0')
        ? `${ending}: ${await lastWords(plan.logFile, from)}`
        : String(ending);
    if (awaited && awaited.old !== current)
      awaited.next.reject(new StartRefused('service.not-ready', `${plan.name} ${told}; it is being started again`));
    return told;
  };

  const supervise = async () => {
    let deaths = 0;
    while (!isStopping) {
      const bornAt = performance.now();
      hurry = new AbortController();
      const ending = await live();
      if (isStopping) return;
      if (hurry.signal.aborted) {
        restarts += 1;
        continue;
      }
      deaths = performance.now() - bornAt > backOff.calmMs ? 1 : deaths + 1;
      const waitMs = backOffMs(deaths, backOff);
      rejectReady(new Error(`${plan.name} ${ending}`));
      say(`${plan.name} ${ending}; starting it again in ${waitMs} ms`);
      await pause(waitMs, undefined, { signal: hurry.signal }).catch(() => undefined);
      restarts += 1;
    }
  };
  const supervision = supervise();
  supervision.catch((problem: unknown) => rejectReady(problem as Error));

  return {
    name: plan.name,
    pid: () => child?.pid,
    restarts: () => restarts,
    ready,
    restart: async (graceMs, readyMs, told) => {
      const old = child;
      const next = Promise.withResolvers<void>();
      awaited = { old, next };
      const isGone = old && once(old, 'exit').then(() => told('ended'));
      old?.kill('SIGTERM');
      hurry.abort();
      const killer = setTimeout(() => {
        if (old?.kill('SIGKILL')) told('killed');
      }, graceMs);
      try {
        await Promise.race([isGone, next.promise]);
        clearTimeout(killer);
        const late = pause(readyMs, undefined, { ref: false }).then(() => {
          throw new StartRefused(
            'service.not-ready',
            `${plan.name} is not ready ${readyMs / 1000} s after its restart; see "npx cloudmart logs ${plan.name}"`,
          );
        });
        await Promise.race([next.promise, late]);
      } finally {
        clearTimeout(killer);
        awaited = undefined;
      }
    },
    inspect: async (inspection, withinMs) => {
      if (!child)
        throw new StartRefused(
          'service.down',
          `${plan.name} has no process right now; "npx cloudmart status" says when it has`,
        );
      return askChild(plan.name, child, inspection, withinMs);
    },
    stop: async (graceMs) => {
      isStopping = true;
      hurry.abort();
      child?.kill('SIGTERM');
      const killer = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      await supervision.catch(() => undefined);
      clearTimeout(killer);
    },
  };
};
