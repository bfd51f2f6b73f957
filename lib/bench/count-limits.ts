/**
 * The most that a complete guest purchase may cost in counts, with eight buyers, the buyer's own reads included in transactions and not
 * in calls. `npm run bench -- --quick` fails beyond them; times never fail it. Lower them when the figures get better. The looks of
 * relays and groups go on five times a second however few purchases there are, so that a crowded machine counts more of them for each:
 * 18 transactions at 47 purchases a second and 22 at 21. Before the ledger, a group more on the events of orders, it was 24 at twelve, 30 at
 * eight and 35 at six. There are 6.1 calls at any speed.
 */
export const countLimits = {
  /** Committed or rolled back in all databases. */
  transactions: 42,
  /** From one service to another. */
  calls: 7,
} as const;

/** Calls that the buyer's own looks cause behind the public door. */
export const buyerReads: readonly string[] = ['order OrderService/GetOrder'];
