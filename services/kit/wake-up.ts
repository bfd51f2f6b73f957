/** A flag that one loop waits for: wake-ups while it works count as one. */
export type WakeUp = {
  wake(): void;
  /** Resolves after a wake-up (true), the time or the signal (false); at once if it was woken since the last wait. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<boolean>;
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
          resolve(isWoken);
          isWoken = false;
        };
        const timer = setTimeout(finish, timeoutMs);
        if (isWoken || signal.aborted) return finish();
        signal.addEventListener('abort', finish, { once: true });
        resume = finish;
      }),
  };
};
