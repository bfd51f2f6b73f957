/** When a mail that could not go out is tried again. Pure. */

const firstPauseMs = 2_000;
/** While the provider is away: a minute after it is back the mails are out. Each round asks it for a few of them only. */
const longestPauseAwayMs = 60_000;
/** Where it is the mail itself that fails: somebody has to repair something first. */
const longestPauseMs = 3_600_000;
/** Three days: a week-old confirmation helps nobody, and by then somebody has been told. */
const giveUpAfterMs = 259_200_000;

/** Why a mail waits, or `untold`: it is out, and who listens to sent mails could not be told. `away`: the provider cannot be reached, so neither can others go. `held`, `later`: only this one, until a known moment. */
export type Obstacle =
  | { readonly kind: 'away'; readonly problem: unknown }
  | { readonly kind: 'failed' | 'untold'; readonly problem: unknown }
  | { readonly kind: 'until'; readonly why: string; readonly until: Date };

/**
 * The moment of the next try after `tries` of them; undefined when the mail is too old to be worth one.
 * `chance`, 0 to just below 1, spreads mails that failed together over the second half of the pause.
 */
export const nextTry = (
  obstacle: Obstacle,
  { tries, since, now, chance }: { tries: number; since: Date; now: Date; chance: number },
): Date | undefined => {
  if (now.getTime() - since.getTime() > giveUpAfterMs) return undefined;
  const longest = obstacle.kind === 'away' ? longestPauseAwayMs : longestPauseMs;
  const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(tries, 30), longest) * (0.5 + chance / 2);
  const soonest = obstacle.kind === 'until' ? obstacle.until.getTime() : 0;
  return new Date(Math.max(now.getTime() + pauseMs, soonest));
};
