import type { RunningService } from '../start/running-service.ts';

/** Starts the work beside requests of a service whose app a test has made. */
export const startBackground = async ({ background = [] }: RunningService): Promise<void> => {
  for (const { start } of background) await start?.();
};

/** Ends everything of a service in the order in which its process would. */
export const stopWhole = async ({ background = [], http, grpc, resources = [] }: RunningService): Promise<void> => {
  for (const { stop } of background) await stop();
  await http?.close();
  await grpc?.close();
  for (const { close } of resources) await close();
};
