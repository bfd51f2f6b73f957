/** One supervised child process: started, watched until ready, restarted with back-off when it dies, ended in bounded time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

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
  /** SIGTERM, and SIGKILL after `graceMs`. Resolves when the child is gone. */
  stop(graceMs: number): Promise<void>;
};

const READY_POLL_MS = 50;
const PROBE_TIMEOUT_MS = 2000;
const TAIL_BYTES = 4096;

// A child whose parent was killed must not live on: it asks itself to drain, and ends after 5 s in any case.
const END_WITH_PARENT =
  'data:text/javascript,' +
  encodeURIComponent(
    "process.channel?.unref();process.once('disconnect',()=>{setTimeout(()=>process.exit(1),5000).unref();process.kill(process.pid,'SIGTERM')})",
  );

/** Last line that the child wrote since `from`; JSON log lines are cut to their message. */
export const lastWords = async (logFile: string, from: number): Promise<string> => {
  const file = await open(logFile, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(
      Buffer.alloc(Math.max(size - start, 0)),
      0,
      Math.max(size - start, 0),
      start,
    );
    const lines = buffer
      .subarray(0, bytesRead)
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const telling = lines.filter((line) => !/^(at |Node\.js v|\(Use `node )/.test(line));
    const found = telling.findLastIndex((line) => /error|cannot|fatal|refus/i.test(line));
    const at = found === -1 ? telling.length - 1 : found;
    const last = telling[at] ?? 'it wrote nothing';
    // A line that ends in a colon announces the list that follows.
    if (last.endsWith(':')) return [last, ...telling.slice(at + 1)].join(' ');
    if (!last.startsWith('{')) return last;
    const { message, error } = JSON.parse(last) as { message?: string; error?: { message?: string } };
    return [message, error?.message].filter(Boolean).join(': ') || last;
  } catch {
    return `see ${logFile}`;
  } finally {
    await file.close();
  }
};

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
  const halt = new AbortController();
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
      [`--import=${END_WITH_PARENT}`, ...plan.nodeFlags, plan.entry, ...(plan.arguments ?? [])],
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
      if (restarts > 0) say(`${plan.name} is ready again after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`);
    }, rejectReady);
    await ended;
    child = undefined;
    changed('down', null, restarts);
    // A signal or a voluntary end has no last words to tell.
    return ending?.startsWith('ended with') && !ending.endsWith(' 0')
      ? `${ending}: ${await lastWords(plan.logFile, from)}`
      : String(ending);
  };

  const supervise = async () => {
    let deaths = 0;
    while (!isStopping) {
      const bornAt = performance.now();
      const ending = await live();
      if (isStopping) return;
      deaths = performance.now() - bornAt > backOff.calmMs ? 1 : deaths + 1;
      const waitMs = backOffMs(deaths, backOff);
      rejectReady(new Error(`${plan.name} ${ending}`));
      say(`${plan.name} ${ending}; starting it again in ${waitMs} ms`);
      await pause(waitMs, undefined, { signal: halt.signal }).catch(() => undefined);
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
    stop: async (graceMs) => {
      isStopping = true;
      halt.abort();
      child?.kill('SIGTERM');
      const killer = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      await supervision.catch(() => undefined);
      clearTimeout(killer);
    },
  };
};

/** Bytes of a log after which it is cut. */
const LOG_LIMIT_BYTES = 50 * 1024 ** 2;

/** Empties a log that grew past its limit; children append, so they go on at the new end. */
export const cutLog = async (logFile: string): Promise<void> => {
  const size = await stat(logFile).then(
    ({ size }) => size,
    () => 0,
  );
  if (size <= LOG_LIMIT_BYTES) return;
  const file = await open(logFile, 'r+');
  await file.truncate(0);
  await file.close();
};
