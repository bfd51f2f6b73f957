import closeWithGrace from 'close-with-grace';
import type { ServiceContext } from '../context.ts';
import type { ProbeServer } from '../http/probe-server.ts';
import type { TraceExport } from '../telemetry/trace-export.ts';
import type { RunningService } from './running-service.ts';

type Stopping = {
  readonly running: RunningService;
  readonly probes: ProbeServer | undefined;
  readonly traces: TraceExport;
  readonly context: Pick<ServiceContext<unknown>, 'health' | 'logger'>;
  readonly stop: AbortController;
  readonly drainMs: number;
};

/**
 * Not ready first, so that nobody sends more; then the work beside requests, then the doors with what is in flight,
 * then pools and connections, last the probes. A step that fails does not keep the later ones from running.
 * Returns whether all of them went well.
 */
const stopEverything = async ({
  running,
  probes,
  traces,
  context,
  stop,
}: Omit<Stopping, 'drainMs'>): Promise<boolean> => {
  const { health, logger } = context;
  let clean = true;
  const attempt = async (name: string, work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      clean = false;
      logger.error({ error }, `shut-down: ${name} did not stop cleanly`);
    }
  };
  health.enter('draining');
  stop.abort();
  for (const { name, stop: end } of running.background ?? []) await attempt(name, end);
  await Promise.all([attempt('http', () => running.http?.close()), attempt('grpc', () => running.grpc?.close())]);
  for (const { name, close } of running.resources ?? []) await attempt(name, close);
  await attempt('traces', () => traces.close());
  await attempt('probes', () => probes?.close());
  return clean;
};

/** On SIGTERM, SIGINT or an error that nobody caught; a second signal or the time limit ends the process with exit 1. */
export const stopInOrder = (stopping: Stopping): void => {
  const { logger } = stopping.context;
  closeWithGrace(
    {
      delay: stopping.drainMs,
      // Changes the log level, see run-service.ts.
      skip: ['SIGUSR2'],
      logger: {
        error: (problem?: unknown) =>
          logger.fatal({ error: problem instanceof Error ? problem : undefined }, 'shut-down cut short'),
      },
    },
    async ({ err, signal }) => {
      if (err) logger.fatal({ error: err }, 'stopping after an error that nobody caught');
      else logger.info({ signal }, 'stopping');
      const clean = await stopEverything(stopping);
      if (!clean) throw new Error('at least one part did not stop cleanly');
      logger.info('stopped');
    },
  );
};
