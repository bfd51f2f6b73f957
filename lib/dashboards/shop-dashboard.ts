/** All services at one look: is the shop well, and if not, where. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { objectivesOf } from '../alerts/objectives.ts';
import type { Dashboard, Panel } from './dashboard.ts';
import { doorPanels } from './door-panels.ts';

const anyService = 'service=~".+"';
/** Long enough to see a promise being broken, short enough to see it kept again. */
const PROMISE_WINDOW = '6h';

const promises = (services: readonly ServiceManifest[]): Panel[] =>
  objectivesOf(services).map(({ name, promise, target }) => {
    const sum = (what: string) =>
      `sum(sum_over_time(objective:${what}:rate5m{objective="${name}"}[${PROMISE_WINDOW}]))`;
    return {
      title: name,
      description: `${promise} Share of the last ${PROMISE_WINDOW} that kept it; promised are ${Number((target * 100).toPrecision(6))} %.`,
      unit: 'percentunit',
      isNumber: true,
      queries: [{ expression: `1 - ${sum('bad')} / ${sum('all')}`, legend: 'kept' }],
    };
  });

export const shopDashboard = (services: readonly ServiceManifest[]): Dashboard => ({
  name: 'shop',
  title: 'The shop',
  description: 'Is the shop well, and if not, where.',
  rows: [
    {
      title: 'Alarms and promises',
      panels: [
        {
          title: 'Alarms',
          description: 'Alerts that ring now; `npx cloudmart alerts` writes their rules.',
          unit: 'short',
          isNumber: true,
          queries: [{ expression: 'count(ALERTS{alertstate="firing"}) or vector(0)', legend: 'ringing' }],
        },
        ...promises(services),
      ],
    },
    { title: 'Doors', panels: doorPanels('HTTP', anyService) },
    {
      title: 'Between services',
      panels: [
        ...doorPanels('gRPC', anyService),
        {
          title: 'Circuit breakers',
          description: '0 closed, 1 half-open, 2 open: the callee counts as down.',
          unit: 'short',
          queries: [
            {
              expression: `max by (service, breaker) (circuit_breaker_state{${anyService}})`,
              legend: '{{service}} to {{breaker}}',
            },
          ],
        },
        {
          title: 'Database connections',
          description: 'Connections of the pools, and callers that wait for one.',
          unit: 'short',
          queries: [
            {
              expression: `sum by (service, state) (pg_pool_connections{${anyService}})`,
              legend: '{{service}} {{state}}',
            },
          ],
        },
        {
          title: 'Events behind',
          description: 'Seconds: the oldest event that a service has not published, or that one has not handled.',
          unit: 's',
          queries: [
            {
              expression: `max by (service) (outbox_oldest_age_seconds{${anyService}})`,
              legend: '{{service}} publishes',
            },
            { expression: `max by (service) (consumer_lag_seconds{${anyService}})`, legend: '{{service}} handles' },
          ],
        },
      ],
    },
  ],
});
