/** A flag that one loop waits for: wake-ups while it works count as one. */
export type WakeUp = {
  wake(): void;
  /** Resolves after a wake-up, the time, or the signal, whichever is first; at once if it was woken meanwhile. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>;
};

export const createWakeUp = (): WakeUp => {
  let isWoken = false;
  let resume: (() => void) | undefined;
  return {
    wake: () => {
      isWoken = true;
      resume?.();
    },
    wait: (timeoutMs, signal) =>
      new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', finish);
          resume = undefined;
          isWoken = false;
          resolve();
        };
        const timer = setTimeout(finish, timeoutMs);
        if (isWoken || signal.aborted) return finish();
        signal.addEventListener('abort', finish, { once: true });
        resume = finish;
      }),
  };
};
