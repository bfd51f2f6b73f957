/** The services of a local platform: started once those they call are ready, ended before them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { startedBundle } from '../bundle/bundle-names.ts';
import { runsOnThisMachine } from '../services.ts';
import type { PendingBundles } from './bundle-in-child.ts';
import type { ProcessList } from './process-list.ts';
import { type Placement, planProcess } from './service-plan.ts';
import { type ServiceProcess, superviseProcess } from './service-process.ts';
import { StartRefused } from './start-refused.ts';

/** Milliseconds after which every service is gone, willing or not. */
export const SERVICES_GRACE_MS = 2400;
const READY_WITHIN_MS = 180_000;

/** Callers end before those they call, so that nobody is called who is gone; all are gone after the grace. */
export const stopServices = async (
  processes: readonly ServiceProcess[],
  services: readonly ServiceManifest[],
): Promise<void> => {
  const half = SERVICES_GRACE_MS / 2;
  const stopped = new Map<string, Promise<void>>();
  const stop = (child: ServiceProcess): Promise<void> => {
    const known = stopped.get(child.name);
    if (known !== undefined) return known;
    const callers = processes.filter(({ name }) =>
      services.find((service) => service.name === name)?.calls.includes(child.name),
    );
    const ending = Promise.race([Promise.all(callers.map(stop)), pause(half, undefined, { ref: false })]).then(() =>
      child.stop(half),
    );
    stopped.set(child.name, ending);
    return ending;
  };
  await Promise.all(processes.map(stop));
};

export type ServicesStart = {
  readonly placement: Placement;
  readonly bundles: PendingBundles;
  /** Gets each process as soon as it is started, also when the start as a whole fails. */
  readonly processes: ServiceProcess[];
  readonly list: ProcessList;
  /** Gets one line for each death and each recovery, as long as the platform runs. */
  readonly say: (line: string) => void;
  /** Gets how many services are ready. */
  readonly detail: (text: string) => void;
  /** Aborted to give up. */
  readonly signal: AbortSignal;
};

/** Starts every service once its bundle is there and those it calls are ready. Throws `StartRefused`, or the reason of the signal. */
export const startServices = async (start: ServicesStart): Promise<void> => {
  const { placement, bundles, processes, list, say, detail, signal } = start;
  const here = placement.services.filter(runsOnThisMachine);
  const ready = new Map<string, Promise<void>>();
  let readyCount = 0;
  for (const service of here) {
    const startOne = async () => {
      const [own, started] = await Promise.all([bundles.of(service.name), bundles.of(startedBundle(service))]);
      await Promise.all(service.calls.map((callee) => ready.get(callee)));
      signal.throwIfAborted();
      const child = superviseProcess(planProcess(service, { own, started }, placement), {
        say,
        changed: (state, pid, restarts) => list.set({ name: service.name, pid, state, restarts }),
      });
      processes.push(child);
      await child.ready;
      readyCount += 1;
      detail(`${readyCount} of ${here.length} ready (${service.name})`);
    };
    const started = startOne();
    // Rejections are met by whoever awaits them all below.
    started.catch(() => undefined);
    ready.set(service.name, started);
  }
  const deadline = pause(READY_WITHIN_MS, undefined, { ref: false }).then(() => {
    throw new StartRefused(
      'service.not-ready',
      `not every service was ready within ${READY_WITHIN_MS / 1000} s; their logs are in ${placement.folder.at('logs')}`,
    );
  });
  const given = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
  await Promise.race([Promise.all(ready.values()), deadline, given]).catch((problem: unknown) => {
    if (problem instanceof StartRefused || signal.aborted) throw problem;
    throw new StartRefused(
      'service.failed',
      `${(problem as Error).message}. Logs are in ${placement.folder.at('logs')}`,
      { cause: problem },
    );
  });
};
