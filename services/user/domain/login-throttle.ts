/**
 * How often a password may be tried. The delay is short enough that a stranger cannot lock an owner out for good, and
 * long enough that an account sees at most 1,500 guesses a day, none of which may be a common password.
 */
export type LoginFailures = {
  /** Failures in a row since the last success or quiet hour. */
  readonly count: number;
  readonly lastAt: Date;
};

/** Failures that cost no waiting; people mistype. */
const freeFailures = 5;
const longestDelaySeconds = 60;
/** Seconds without a failure after which the count begins anew. */
export const failuresForgottenAfterSeconds = 3600;

const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

/** Whole seconds until the password may be tried again; 0 when now is fine. */
export const secondsToWait = (failures: LoginFailures | undefined, now: Date): number => {
  if (!failures || failures.count < freeFailures) return 0;
  const delay = Math.min(longestDelaySeconds, 2 ** (failures.count - freeFailures));
  return Math.max(0, Math.ceil(delay - secondsBetween(failures.lastAt, now)));
};
