/** What the shop promises, and the rules that ring while a promise is being broken faster than it allows. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { type AlertRule, evaluationMinutes, type RecordingRule, type RuleGroup } from './rule.ts';

export type Objective = {
  readonly name: string;
  readonly owner: string;
  /** What is promised, as one sentence. */
  readonly promise: string;
  /** Share of good events within 30 days. */
  readonly target: number;
  /** Selector of a counter of all events. */
  readonly all: string;
  /** PromQL of the events a second that broke the promise; `rate` gives those of a selector. */
  readonly bad: (rate: (selector: string) => string) => string;
};

/** Seconds within which the public door answers. */
const answeredWithin = 1;
/** Seconds within which an order is paid, refused or cancelled. */
const decidedWithin = 30;

const doorObjectives = ({ name }: ServiceManifest): Objective[] => [
  {
    name: `${name}-availability`,
    owner: name,
    promise: `Of 1,000 requests at ${name}, 999 are answered without a fault of ours.`,
    target: 0.999,
    all: `http_requests_total{service="${name}"}`,
    bad: (rate) => rate(`http_requests_total{service="${name}", status=~"5.."}`),
  },
  {
    name: `${name}-latency`,
    owner: name,
    promise: `Of 100 requests at ${name}, 99 are answered within ${answeredWithin} second; models may take longer.`,
    target: 0.99,
    all: `http_request_duration_seconds_count{service="${name}", route!~"/api/ai/.*"}`,
    bad: (rate) =>
      `${rate(`http_request_duration_seconds_count{service="${name}", route!~"/api/ai/.*"}`)} - ${rate(`http_request_duration_seconds_bucket{service="${name}", route!~"/api/ai/.*", le="${answeredWithin}"}`)}`,
  },
  {
    name: 'checkout',
    owner: name,
    promise: 'Of 1,000 orders that customers place, 999 are taken or refused for a reason of theirs.',
    target: 0.999,
    all: `http_requests_total{service="${name}", method="POST", route="/api/v1/orders"}`,
    bad: (rate) => rate(`http_requests_total{service="${name}", method="POST", route="/api/v1/orders", status=~"5.."}`),
  },
];

const orderObjective: Objective = {
  name: 'order-decision',
  owner: 'order',
  promise: `Of 100 orders, 99 are paid, refused or cancelled within ${decidedWithin} seconds.`,
  target: 0.99,
  all: 'order_decision_seconds_count{service="order"}',
  bad: (rate) =>
    `${rate('order_decision_seconds_count{service="order"}')} - ${rate(`order_decision_seconds_bucket{service="order", le="${decidedWithin}"}`)}`,
};

/** Promises that have a budget: those of every service that the public reaches, and that of the orders. */
export const objectivesOf = (services: readonly ServiceManifest[]): Objective[] => [
  ...services.filter((service) => service.public && service.ports.http !== undefined).flatMap(doorObjectives),
  ...(services.some(({ name }) => name === 'order') ? [orderObjective] : []),
];

type Burn = Pick<AlertRule, 'alert' | 'severity' | 'forMinutes'> & {
  /** Times the speed at which the budget would last 30 days. */
  readonly factor: number;
  /** The long window says that it matters, the short one that it goes on. */
  readonly windows: readonly [long: string, short: string];
  readonly said: string;
};

/** Source: Google, "The Site Reliability Workbook", chapter "Alerting on SLOs", with the windows and waits that sloth and the mixin of Kubernetes use. */
const burns: readonly Burn[] = [
  {
    alert: 'BudgetBurnsFast',
    severity: 'page',
    factor: 14.4,
    windows: ['1h', '5m'],
    forMinutes: 2,
    said: 'a fiftieth of the budget of 30 days went within an hour',
  },
  {
    alert: 'BudgetBurns',
    severity: 'page',
    factor: 6,
    windows: ['6h', '30m'],
    forMinutes: 15,
    said: 'a twentieth of the budget of 30 days went within six hours',
  },
  {
    alert: 'BudgetBurnsSlowly',
    severity: 'ticket',
    factor: 1,
    windows: ['3d', '6h'],
    forMinutes: 180,
    said: 'a tenth of the budget of 30 days went within three days',
  },
];

/** Bad events in the long window below which a share says nothing: with little traffic one fault would be a page. */
const leastBad = 5;

/** Rounded, so that a rule reads 0.0144 and not 0.014400000000000013. */
const limitOf = (factor: number, target: number) => Number((factor * (1 - target)).toPrecision(6));

const burnAlert = ({ name, owner, promise, target }: Objective, burn: Burn): AlertRule => {
  const sum = (what: string, window: string) =>
    `sum_over_time(objective:${what}:rate5m{objective="${name}"}[${window}])`;
  const limit = limitOf(burn.factor, target);
  const [long] = burn.windows;
  const burning = burn.windows.map((window) => `${sum('bad', window)} / ${sum('all', window)} > ${limit}`);
  // Each recorded rate stands for the seconds until the next one.
  const enough = `${sum('bad', long)} * ${evaluationMinutes * 60} >= ${leastBad}`;
  return {
    alert: burn.alert,
    expression: [...burning, enough].join(' and '),
    forMinutes: burn.forMinutes,
    severity: burn.severity,
    owner,
    labels: { objective: name },
    summary: `${promise} That is being broken: ${burn.said}.`,
    runbook: 'objective-burns',
  };
};

/**
 * Rates are recorded over five minutes and summed over long windows, so that each request weighs the same: a mean of shares would count
 * a request of the night as much as a hundred of the day. Without any bad event the rate is 0 and not missing.
 */
const recordings = ({ name, all, bad }: Objective): RecordingRule[] => {
  const rate = (selector: string) => `sum(rate(${selector}[5m]))`;
  const labels = { objective: name };
  return [
    { record: 'objective:all:rate5m', expression: rate(all), labels },
    { record: 'objective:bad:rate5m', expression: `(${bad(rate)}) or 0 * ${rate(all)}`, labels },
  ];
};

/** One group an objective: what it counts, and the three speeds at which its budget may burn. */
export const objectiveGroups = (services: readonly ServiceManifest[]): RuleGroup[] =>
  objectivesOf(services).map((objective) => ({
    name: `objective-${objective.name}`,
    rules: [...recordings(objective), ...burns.map((burn) => burnAlert(objective, burn))],
  }));

/** Integrity has no budget: each difference between books that does not go away by itself is a page. */
export const integrityGroup: RuleGroup = {
  name: 'objective-integrity',
  rules: [
    {
      alert: 'BooksDiffer',
      // The orders are compared every six hours and the charges every half hour, so that it rings until a whole comparison finds nothing.
      expression:
        'sum by (service, kind) (increase(order_drifts_total{outcome=~"found|left"}[7h])) > 0 or sum by (service, kind) (increase(payment_drifts_total{outcome="left"}[90m])) > 0',
      forMinutes: 0,
      severity: 'page',
      owner: 'platform',
      ringsAlways: true,
      labels: { objective: 'integrity' },
      summary:
        'Orders, payments, charges of the provider or stock differ: {{ $labels.kind }}, found by {{ $labels.service }}.',
      runbook: 'books-differ',
    },
  ],
};
