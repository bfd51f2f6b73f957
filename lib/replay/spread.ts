/** Milliseconds as a list of them is summed up; 0 for an empty one. */
export type Spread = { readonly p50: number; readonly p95: number; readonly p99: number };

/** Percentiles of durations in milliseconds, each rounded. */
export const spreadOf = (durations: readonly number[]): Spread => {
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
};
