/**
 * What a presented refresh token means. Each token is used once and then has one successor; whoever presents a used one
 * is either the client whose answer was lost a moment ago, or somebody who stole it.
 */
export type PresentedToken = {
  readonly sessionActive: boolean;
  readonly expiresAt: Date;
  readonly usedAt: Date | undefined;
  readonly successorUsed: boolean;
};

/**
 * Milliseconds in which the direct predecessor still answers with its successor: parallel requests and lost answers. Longer
 * than a client waits for an answer (the platform's own deadline is 15 s), gives up and asks again, with a pause between.
 */
export const graceMs = 60_000;

export type RefreshVerdict = 'same-successor' | 'reused' | 'invalid';

/** Judges a token that could not be exchanged; `undefined` is a token that nobody knows. */
export const judgeRefusedToken = (token: PresentedToken | undefined, now: Date): RefreshVerdict => {
  if (!token?.sessionActive || token.expiresAt <= now || !token.usedAt) return 'invalid';
  const isFresh = now.getTime() - token.usedAt.getTime() <= graceMs;
  return isFresh && !token.successorUsed ? 'same-successor' : 'reused';
};
