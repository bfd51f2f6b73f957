/** How long something took, of many times: the half, and the slow ends. */
export type Percentiles = { readonly p50: number; readonly p95: number; readonly p99: number };

/** The smallest value that at least `share` (0 to 1) of the values do not exceed; 0 where there is none. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;

/** Percentiles in the unit of the values, to one decimal. */
export const percentilesOf = (values: readonly number[]): Percentiles => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(percentile(sorted, share) * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};
