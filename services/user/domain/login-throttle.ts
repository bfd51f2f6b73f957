/**
 * How often a password may be tried. Failures are counted for an account and the network they come from together, so that
 * nobody can make an owner wait who signs in from elsewhere, and nobody's success forgets the failures of others.
 */
export type LoginAttempts = {
  /** Failures in a row from this network, since its last success or quiet hour. */
  readonly here?: { readonly count: number; readonly lastAt: Date } | undefined;
  /** Whether the account signed in from this network before. */
  readonly isKnownPlace: boolean;
  /** Failures of the last hour from all networks from which the account never signed in, at most 50 of each. */
  readonly byStrangers: number;
};

/** Failures that cost no waiting; people mistype. */
const freeFailures = 5;
const longestDelaySeconds = 60;
/** Seconds without a failure after which a count begins anew. */
export const failuresForgottenAfterSeconds = 3600;
/** What one network adds to the strangers' count at most: alone it never fills it. */
export const mostCountedOfOnePlace = 50;
/** An hour's guesses by all strangers together: many addresses guess hardly faster than two. */
const mostByStrangers = 100;

const secondsBetween = (from: Date, to: Date) => (to.getTime() - from.getTime()) / 1000;

/** Whole seconds until the password may be tried again from there; 0 when now is fine. */
export const secondsToWait = ({ here, isKnownPlace, byStrangers }: LoginAttempts, now: Date): number => {
  if (!isKnownPlace && byStrangers >= mostByStrangers) return longestDelaySeconds;
  if (!here || here.count < freeFailures) return 0;
  const delay = Math.min(longestDelaySeconds, 2 ** (here.count - freeFailures));
  return Math.max(0, Math.ceil(delay - secondsBetween(here.lastAt, now)));
};
