import { onlineManager } from '@tanstack/react-query';

/** Resolves once the browser is connected, at once where it is. */
export const whenOnline = (): Promise<void> =>
  new Promise((resolve) => {
    if (onlineManager.isOnline()) return resolve();
    const stop = onlineManager.subscribe((isOnline) => {
      if (!isOnline) return;
      stop();
      resolve();
    });
  });
