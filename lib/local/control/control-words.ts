/** What a command asks of the process that runs a platform, and what it hears back: one line of JSON each way, and lines of progress between. */

export type ControlRequest =
  | { readonly act: 'restart'; readonly service: string }
  | { readonly act: 'profile'; readonly service: string; readonly seconds: number; readonly file: string }
  | { readonly act: 'heap'; readonly service: string; readonly file: string };

/** How a service was restarted. */
export type RestartDone = {
  /** Process that ended; null: it was dead, and waited to be started again. */
  readonly before: number | null;
  readonly after: number;
  /** Whether it finished what it had begun; false: it did not end in time, and was killed. */
  readonly isDrained: boolean;
};

/** A file that a service wrote of itself. */
export type FileWritten = { readonly pid: number; readonly file: string; readonly bytes: number };

export type ControlAnswer =
  | { readonly progress: string }
  | { readonly done: RestartDone | FileWritten }
  | { readonly refused: { readonly code: string; readonly message: string } };

/** Milliseconds beyond the seconds that are profiled: a heap of some 100 MB is written in a few seconds. */
export const WRITING_WITHIN_MS = 60_000;
/** Milliseconds for a service to be ready again once the old process is gone. */
export const READY_AGAIN_WITHIN_MS = 120_000;
