/** Kills processes of a running platform without warning while purchases go on, to see whether anything is lost. */
import { startAgain } from '../local/start-again.ts';
import { readState } from '../local/state.ts';
import { SUPERVISOR } from './kill-targets.ts';
import { PURCHASES_AT_ONCE } from './replay.ts';
import { signalTarget } from './signal-target.ts';

export type KillPlan = {
  /** Whom: some of `killTargets`. */
  readonly targets: readonly string[];
  /** How often each is killed. */
  readonly times: number;
};

export type Kill = {
  readonly target: string;
  readonly pid: number;
  /** How many purchases had come to their end. */
  readonly afterPurchases: number;
};

export type KillOptions = KillPlan & {
  /** How many purchases there will be. */
  readonly purchases: number;
  readonly dataFolder: string;
  readonly signal: AbortSignal;
  readonly onKill: (kill: Kill) => void;
  /** Told when the supervisor that was killed runs again, with its new process. */
  readonly onRestart: (pid: number) => void;
};

/** Share of the purchases that has kills; at their end they meet a whole platform too. */
const SHARE_WITH_KILLS = 0.8;
/** After how many finished purchases each kill happens: at random within a slice of its own. */
const momentsOf = (count: number, purchases: number): number[] =>
  Array.from({ length: count }, (_, index) =>
    // Not before the first: in a short replay all would fall into the reading of the catalogue.
    Math.max(1, Math.floor(((index + Math.random()) * purchases * SHARE_WITH_KILLS) / count)),
  );

export type Killing = {
  /** To be called with how many purchases have come to their end. */
  progressed(finished: number): void;
  /** Resolves when a purchase, by its number from 0, may begin: purchases do not run away from kills that wait for a restart. */
  before(purchase: number): Promise<void>;
  /** Resolves with the kills when all are done. */
  finish(): Promise<readonly Kill[]>;
  /** Whether nothing runs because the supervisor was killed and is being started again. */
  isRestarting(): boolean;
};

/** Carries out the plan, one kill after the other. `before` and `finish` throw when a kill could not be carried out. */
export const killMeanwhile = (options: KillOptions): Killing => {
  const { targets, times, purchases, dataFolder, signal, onKill, onRestart } = options;
  const moments = momentsOf(targets.length * times, purchases);
  const kills: Kill[] = [];
  let finished = 0;
  let isRestarting = false;
  let problem: unknown;
  let changed = Promise.withResolvers<void>();

  const tell = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  signal.addEventListener('abort', tell, { once: true });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      signal.throwIfAborted();
      if (problem !== undefined) throw problem;
      await changed.promise;
    }
  };

  const kill = async (target: string): Promise<void> => {
    const state = target === SUPERVISOR ? await readState(dataFolder) : undefined;
    isRestarting = state !== undefined;
    try {
      const pid = await signalTarget(target, 'SIGKILL', { dataFolder, signal });
      kills.push({ target, pid, afterPurchases: finished });
      onKill({ target, pid, afterPurchases: finished });
      if (state) onRestart((await startAgain(state, signal)).pid);
    } finally {
      isRestarting = false;
    }
  };

  const killAll = async () => {
    for (const [index, moment] of moments.entries()) {
      await until(() => finished >= moment);
      await kill(targets[index % targets.length] ?? '');
      tell();
    }
  };
  const killing = killAll().catch((reason: unknown) => {
    problem = reason;
    tell();
  });

  return {
    progressed: (count) => {
      finished = count;
      tell();
    },
    before: (purchase) =>
      until(() => purchase < (moments[kills.length] ?? Number.POSITIVE_INFINITY) + PURCHASES_AT_ONCE),
    finish: async () => {
      await killing;
      if (problem !== undefined) throw problem;
      return kills;
    },
    isRestarting: () => isRestarting,
  };
};
