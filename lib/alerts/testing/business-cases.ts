/** How the alerts about orders, accounts and answers are tried. */
import { type CaseDraft, counter, gauge, histogram } from './series-case.ts';

/** By alert: what goes wrong with the business. */
export const businessCases: ReadonlyMap<string, CaseDraft> = new Map(
  Object.entries<CaseDraft>({
    OrdersStuck: { series: [gauge('orders_oldest_owed_seconds{service="order"}', 0, 1_021, 1_020)] },
    ReconciliationOverdue: { series: [gauge('reconciliation_age_seconds{service="order"}', 60, 46_801, 46_800)] },
    MaintenanceOpen: {
      series: [gauge('maintenance_open{service="operations", away="order"}', 0, 1, 0)],
      found: { away: 'order' },
    },
    LoginsRefused: {
      series: [
        counter('logins_total{service="user", outcome="refused"}', 1, 30, 19, 30),
        counter('logins_total{service="user", outcome="accepted"}', 9, 9, 1, 40),
      ],
      badMinutes: 25,
      clearMinutes: 15,
    },
    TokensReused: {
      series: [counter('refresh_tokens_reused_total{service="user"}', 0, 1, 0.4)],
      badMinutes: 10,
      clearMinutes: 65,
    },
    AnswersSlow: {
      series: histogram(
        'assistant_answer_seconds',
        'service="assistant"',
        [10, 15],
        [60, 60],
        [60, 40],
        [60, 58],
        [1, 0],
      ),
      badMinutes: 30,
      clearMinutes: 15,
    },
  }),
);
