/** What may be wrong with the business while every process is well: orders, books, accounts, answers. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { type AlertRule, MAINTENANCE_ALERT } from './rule.ts';

/** Value of a service's configuration in the environment that the rules are for. */
export type Configured = (service: ServiceManifest, key: string) => string;

type Draft = Omit<AlertRule, 'owner' | 'labels'>;

/** Seconds beyond the last try at a purchase: two sweeps and a step of each neighbour. */
const graceSeconds = 120;
/** Two turns of the schedule and an hour. */
const reconcileWithinHours = 13;

const orderAlerts = (giveUpAfterSeconds: number): Draft[] => {
  const stuckSeconds = giveUpAfterSeconds + graceSeconds;
  return [
    {
      alert: 'OrdersStuck',
      expression: `max(orders_oldest_owed_seconds{service="order"}) > ${stuckSeconds}`,
      forMinutes: 5,
      severity: 'page',
      summary: `The platform has owed an order its next step for more than ${stuckSeconds} seconds.`,
      runbook: 'orders-stuck',
    },
    {
      alert: 'ReconciliationOverdue',
      expression: `min(reconciliation_age_seconds{service="order"}) > ${reconcileWithinHours * 3_600}`,
      forMinutes: 15,
      severity: 'ticket',
      summary: `The books have not been compared to the end for ${reconcileWithinHours} hours, so that nobody would know if they differ.`,
      runbook: 'reconciliation-overdue',
    },
  ];
};

const operationsAlerts: readonly Draft[] = [
  {
    alert: MAINTENANCE_ALERT,
    expression: 'max by (away) (maintenance_open{service="operations"}) > 0',
    forMinutes: 0,
    severity: 'ticket',
    ringsAlways: true,
    summary: 'A maintenance window is open for {{ $labels.away }}: alerts of that service wake nobody until it ends.',
    runbook: 'maintenance-open',
  },
];

const userAlerts: readonly Draft[] = [
  {
    alert: 'LoginsRefused',
    expression:
      'sum(increase(logins_total{service="user", outcome=~"refused|throttled"}[10m])) > 200 and sum(increase(logins_total{service="user", outcome=~"refused|throttled"}[10m])) / sum(increase(logins_total{service="user"}[10m])) > 0.5',
    forMinutes: 5,
    severity: 'page',
    summary: 'Most of more than 200 attempts to sign in within 10 minutes were refused: somebody tries passwords.',
    ringsAlways: true,
    runbook: 'suspicious-requests',
  },
  {
    alert: 'TokensReused',
    expression: 'sum(increase(refresh_tokens_reused_total{service="user"}[1h])) > 5',
    forMinutes: 0,
    severity: 'ticket',
    summary:
      'More than 5 refresh tokens came back within an hour after their successors were used: stolen, or a faulty client.',
    ringsAlways: true,
    runbook: 'suspicious-requests',
  },
];

const assistantAlerts: readonly Draft[] = [
  {
    alert: 'AnswersSlow',
    expression:
      'histogram_quantile(0.95, sum by (le) (rate(assistant_answer_seconds_bucket{service="assistant"}[10m]))) > 10 and sum(increase(assistant_answer_seconds_count{service="assistant"}[10m])) >= 20',
    forMinutes: 10,
    severity: 'ticket',
    summary: 'One of twenty answers of the assistant has taken longer than 10 seconds for 10 minutes.',
    runbook: 'callee-down',
  },
];

/** Alerts about what one service does for the business; most have none. */
export const businessAlerts = (service: ServiceManifest, configured: Configured): AlertRule[] => {
  const drafts: Readonly<Record<string, () => readonly Draft[]>> = {
    order: () => orderAlerts(Number(configured(service, 'GIVE_UP_AFTER_SECONDS'))),
    user: () => userAlerts,
    operations: () => operationsAlerts,
    assistant: () => assistantAlerts,
  };
  return (drafts[service.name]?.() ?? []).map((draft) => ({
    ...draft,
    owner: service.name,
    labels: { service: service.name },
  }));
};
