/** How the alerts of what the shop promises are tried. */
import { type CaseDraft, counter, type SeriesCase } from './series-case.ts';

/** Books that differ, found by each of these; integrity has no budget. */
export const integrityCases = (found: Readonly<Record<string, string>>[]): CaseDraft[] =>
  found.map((labels) => ({
    series: ['order', 'payment'].map((service) => {
      const outcome = service === 'order' ? 'found' : 'left';
      const series = `${service}_drifts_total{service="${service}", kind="${labels['kind']}", outcome="${outcome}"}`;
      return counter(series, 0, labels['service'] === service ? 1 : 0, 0);
    }),
    found: labels,
    badMinutes: 2,
    clearMinutes: 430,
  }));

/** Total and bad events a minute of an objective, as the series that it is made of. */
const objectiveSeries = (name: string, ...phases: readonly [all: number, bad: number][]): readonly SeriesCase[] => {
  const [good = [0, 0], bad = [0, 0], ...silent] = phases;
  const of = (series: string, pick: (phase: readonly [number, number]) => number) =>
    counter(series, pick(good), pick(bad), ...silent.map(pick));
  const gateway = 'service="api-gateway", method="POST", route="/api/v1/orders"';
  if (name === 'order-decision')
    return [
      of('order_decision_seconds_count{service="order"}', ([all]) => all),
      of('order_decision_seconds_bucket{service="order", le="30"}', ([all, late]) => all - late),
    ];
  if (name.endsWith('-latency'))
    return [
      of(`http_request_duration_seconds_count{${gateway}}`, ([all]) => all),
      of(`http_request_duration_seconds_bucket{${gateway}, le="1"}`, ([all, late]) => all - late),
    ];
  return [
    of(`http_requests_total{${gateway}, status="201"}`, ([all, broken]) => all - broken),
    of(`http_requests_total{${gateway}, status="502"}`, ([, broken]) => broken),
  ];
};

type Burn = { factor: number; badMinutes: number; clearMinutes: number };
const burns: ReadonlyMap<string, Burn> = new Map(
  Object.entries<Burn>({
    BudgetBurnsFast: { factor: 14.4, badMinutes: 30, clearMinutes: 12 },
    BudgetBurns: { factor: 6, badMinutes: 60, clearMinutes: 40 },
    BudgetBurnsSlowly: { factor: 1, badMinutes: 260, clearMinutes: 370 },
  }),
);

/** A budget that burns twice as fast as its alert allows. */
export const burnCase = (alert: string, objective: string): CaseDraft | undefined => {
  const burn = burns.get(alert);
  if (!burn) return undefined;
  const budget = /latency|decision/.test(objective) ? 0.01 : 0.001;
  const limit = burn.factor * budget;
  const few = 4 / burn.badMinutes;
  return {
    // Twice as fast as allowed; a little slower than allowed; four bad events of eight.
    series: objectiveSeries(objective, [600, 0], [600, 1_200 * limit], [600, 540 * limit], [few * 2, few]),
    found: { objective },
    badMinutes: burn.badMinutes,
    clearMinutes: burn.clearMinutes,
  };
};
