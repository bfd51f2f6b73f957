/** A start that cannot go on for a reason that the person at the keyboard can change. The message is one or two sentences for them. */
export class StartRefused extends Error {
  /** Stable name of the reason for scripts, such as `port.taken`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartRefused';
    this.code = code;
  }
}

const DISK_FAULTS: ReadonlyMap<string, (place: string) => StartRefused> = new Map(
  Object.entries<(place: string) => StartRefused>({
    ENOSPC: (place) =>
      new StartRefused(
        'data.disk-full',
        `the disk that holds ${place} is full; free some space or choose another folder with --data DIR`,
      ),
    EDQUOT: (place) =>
      new StartRefused(
        'data.disk-full',
        `the disk quota for ${place} is used up; free some space or choose another folder with --data DIR`,
      ),
    EROFS: (place) =>
      new StartRefused('data.unwritable', `${place} is on a read-only disk; choose a writable folder with --data DIR`),
    EACCES: (place) =>
      new StartRefused(
        'data.unwritable',
        `this user may not write to ${place}; change its permissions or choose another folder with --data DIR`,
      ),
    EPERM: (place) =>
      new StartRefused(
        'data.unwritable',
        `this user may not change ${place}; change its permissions or choose another folder with --data DIR`,
      ),
    ENOTDIR: (place) =>
      new StartRefused(
        'data.not-a-folder',
        `${place} lies below something that is not a folder; choose another folder with --data DIR`,
      ),
  }),
);

/** Turns a fault of the file system into a sentence about `place`; other problems come back unchanged. */
export const explainDiskFault = (problem: unknown, place: string): unknown => {
  if (problem instanceof StartRefused) return problem;
  const fault = problem as NodeJS.ErrnoException;
  const explain = fault.code === undefined ? undefined : DISK_FAULTS.get(fault.code);
  if (!explain) return problem;
  const refusal = explain(fault.path ?? place);
  refusal.cause = problem;
  return refusal;
};
