/** Which series a shop that is well does not have, so that a panel without a line is no fault of the panel. */

/** By metric: what makes its first series. Anything else has to answer on a running shop. */
export const silentUntil: ReadonlyMap<string, string> = new Map([
  [
    'http_undeclared_refusals_total',
    'A refusal that the contract of its door does not name, which is a fault of ours.',
  ],
  ['call_retries_total', 'A call that fails and is worth asking once more.'],
  ['assistant_tokens_total', 'A provider whose models count tokens; a shop on this machine answers without one.'],
  ['assistant_cost_dollars_total', 'A provider whose models cost; a shop on this machine answers without one.'],
  ['assistant_tool_calls_total', 'A provider whose models ask for tools; a shop on this machine answers without one.'],
  ['process_cpu_periods_total', 'A container with a processor limit; a process on this machine has none.'],
  ['process_cpu_throttled_periods_total', 'A container with a processor limit; a process on this machine has none.'],
]);

/** What Prometheus itself tells of scrapes and rules. */
export const seriesOfPrometheus = ['up', 'scrape_samples_post_metric_relabeling', 'ALERTS'] as const;
