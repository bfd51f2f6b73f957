import type { Clock } from '../values/clock.ts';
import { Refusal } from '../values/refusal.ts';

export type CheckOptions = {
  /** Whether the service can do nothing of use without it: its failure is `unhealthy` instead of `degraded`. */
  readonly critical: boolean;
  /** Resolves when all is well. */
  readonly check: () => Promise<void>;
  /** Milliseconds until the check counts as failed; default 500. */
  readonly timeoutMs?: number;
  /**
   * Whether a failure takes this process out of rotation; default false. Only for what belongs to this process alone:
   * a dependency that all replicas share would take the whole fleet out at once.
   */
  readonly gatesReadiness?: boolean;
};

export type CheckReport = {
  readonly status: 'up' | 'down';
  readonly critical: boolean;
  readonly durationMs: number;
  /** Code or class of the failure; never its message, which may name hosts. */
  readonly error?: string;
};

export type HealthReport = {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly checks: Readonly<Record<string, CheckReport>>;
};

/**
 * `starting` until everything listens, `migrating` instead while an index is built that no start can wait for; `failed` when the self-check found something missing; `draining` after SIGTERM.
 */
export type Phase = 'starting' | 'migrating' | 'ready' | 'failed' | 'draining';

export type Health = {
  add(name: string, options: CheckOptions): void;
  /** Something to show in the detailed report that is no check, such as the state of a breaker. */
  addDetail(name: string, read: () => unknown): void;
  /** Runs the checks, or returns what they said within the last 2 s. */
  report(): Promise<HealthReport>;
  details(): Record<string, unknown>;
  readonly phase: Phase;
  enter(phase: Phase): void;
  /** Calls the listener at each change of phase. */
  onPhase(listener: (phase: Phase) => void): void;
  /** Whether traffic may come here. */
  isReady(): Promise<boolean>;
};

const reuseMs = 2_000;

const within = async (work: () => Promise<void>, timeoutMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal('unavailable', 'timeout', `no answer in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
};

const nameOf = (problem: unknown): string => {
  if (!(problem instanceof Error)) return 'unknown';
  const { code } = problem as Error & { code?: unknown };
  return typeof code === 'string' ? code : problem.name;
};

const runCheck = async ({ critical, check, timeoutMs = 500 }: CheckOptions): Promise<CheckReport> => {
  const started = performance.now();
  const outcome = await within(check, timeoutMs).then(
    () => ({ status: 'up' as const }),
    (problem: unknown) => ({ status: 'down' as const, error: nameOf(problem) }),
  );
  return { ...outcome, critical, durationMs: Math.round(performance.now() - started) };
};

const statusOf = (checks: readonly CheckReport[]): HealthReport['status'] => {
  const down = checks.filter(({ status }) => status === 'down');
  if (down.length === 0) return 'healthy';
  return down.some(({ critical }) => critical) ? 'unhealthy' : 'degraded';
};

/** Health of one process: checks with a time limit each, reused for 2 s so that probes cannot become load. */
export const createHealth = ({ clock }: { readonly clock: Clock }): Health => {
  const checks = new Map<string, CheckOptions>();
  const details = new Map<string, () => unknown>();
  const listeners: ((phase: Phase) => void)[] = [];
  let phase: Phase = 'starting';
  let last: { at: number; report: Promise<HealthReport> } | undefined;

  const runAll = async (): Promise<HealthReport> => {
    const reports = await Promise.all(
      [...checks].map(async ([name, options]) => [name, await runCheck(options)] as const),
    );
    return { status: statusOf(reports.map(([, report]) => report)), checks: Object.fromEntries(reports) };
  };
  const report = (): Promise<HealthReport> => {
    const now = clock.now().getTime();
    if (!last || now - last.at >= reuseMs || now < last.at) last = { at: now, report: runAll() };
    return last.report;
  };
  return {
    add: (name, options) => {
      if (checks.has(name)) throw new Error(`health check "${name}" is registered twice`);
      checks.set(name, options);
    },
    addDetail: (name, read) => {
      details.set(name, read);
    },
    report,
    details: () => Object.fromEntries([...details].map(([name, read]) => [name, read()])),
    get phase() {
      return phase;
    },
    enter: (next) => {
      phase = next;
      for (const listener of listeners) listener(next);
    },
    onPhase: (listener) => {
      listeners.push(listener);
    },
    isReady: async () => {
      if (phase !== 'ready') return false;
      const gates = [...checks].filter(([, { gatesReadiness }]) => gatesReadiness).map(([name]) => name);
      if (gates.length === 0) return true;
      const { checks: reports } = await report();
      return gates.every((name) => reports[name]?.status === 'up');
    },
  };
};
