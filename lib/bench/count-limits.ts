/**
 * The most that a complete guest purchase may cost in counts, at saturation, the buyer's own reads included in transactions and
 * not in calls. `npm run bench -- --quick` fails beyond them; times never fail it. Lower them when the figures get better.
 */
export const countLimits = {
  /** Committed or rolled back in all databases. */
  transactions: 50,
  /** From one service to another. */
  calls: 9,
} as const;

/** Calls that the buyer's own looks cause behind the public door. */
export const buyerReads: readonly string[] = ['order OrderService/GetOrder'];
