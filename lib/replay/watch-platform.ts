import { folderHolder } from '../local/data-folder.ts';

const LOOK_EVERY_MS = 500;
/** Milliseconds in which somebody who killed a platform can start it again. */
const GONE_AFTER_MS = 15_000;

export type PlatformWatch = {
  /** Aborted, with a sentence for its reason, once nothing has run on the folder for 15 s. */
  readonly gone: AbortSignal;
  close(): void;
};

/**
 * Watches whether anything runs, starts or ends on a data folder.
 * @param isExcused asked at each look; while it says so, nothing needs to run
 */
export const watchPlatform = (
  dataFolder: string,
  isExcused: () => boolean,
  goneAfterMs: number = GONE_AFTER_MS,
): PlatformWatch => {
  const gone = new AbortController();
  let seenAt = performance.now();
  const look = async () => {
    if (isExcused() || (await folderHolder(dataFolder)) !== undefined) seenAt = performance.now();
    else if (performance.now() - seenAt > goneAfterMs)
      gone.abort(
        new Error(
          `the platform is gone: nothing has run on ${dataFolder} for ${Math.round(goneAfterMs / 1000)} s; start it with "npm start"`,
        ),
      );
  };
  const timer = setInterval(() => void look().catch(() => undefined), Math.min(LOOK_EVERY_MS, goneAfterMs));
  return { gone: gone.signal, close: () => clearInterval(timer) };
};
