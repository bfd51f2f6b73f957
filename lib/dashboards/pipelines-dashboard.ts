/** The way of an event: out of the database into the log, and from there to everybody who reads it in a pod. */
import type { Dashboard } from './dashboard.ts';
import { rateOf } from './promql.ts';

const anyService = 'service=~".+"';
const most = (metric: string, ...by: string[]) => ({
  expression: `max by (${['service', ...by].join(', ')}) (${metric}{${anyService}})`,
  legend: ['{{service}}', ...by.map((label) => `{{${label}}}`)].join(' '),
});

export const pipelinesDashboard: Dashboard = {
  name: 'pipelines',
  title: 'Pipelines',
  description:
    'Events that wait: to be published, to be handled, to be done by a job. Functions tell their age to CloudWatch.',
  rows: [
    {
      title: 'Into the log',
      panels: [
        {
          title: 'Events not published yet',
          description: 'Committed in a database but not in the log; grows while the log is away and drains afterwards.',
          unit: 'short',
          queries: [most('outbox_unpublished')],
        },
        {
          title: 'Oldest of them',
          description: 'Seconds for which the oldest unpublished event has waited.',
          unit: 's',
          queries: [most('outbox_oldest_age_seconds')],
        },
        {
          title: 'Held up',
          description: 'Orders, carts and the like whose next event the log refuses; later ones wait behind it.',
          unit: 'short',
          queries: [most('outbox_blocked_aggregates')],
        },
      ],
    },
    {
      title: 'Out of the log',
      panels: [
        {
          title: 'Consumers behind, seconds',
          description: 'Age of the oldest event that a consumer has not handled.',
          unit: 's',
          queries: [most('consumer_lag_seconds', 'topic')],
        },
        {
          title: 'Consumers behind, events',
          description: 'Events that a consumer has not handled.',
          unit: 'short',
          queries: [most('consumer_lag_records', 'topic')],
        },
        {
          title: 'Events handled',
          description: 'Events a second, by what became of them; dead ones are in `npx cloudmart dlq list`.',
          unit: 'ops',
          queries: [
            {
              expression: rateOf('consumer_handled_total', anyService, ['service', 'result']),
              legend: '{{service}} {{result}}',
            },
          ],
        },
        {
          title: 'Paused',
          description: '1 while the events of a service wait for something that is down.',
          unit: 'short',
          queries: [most('consumer_paused')],
        },
      ],
    },
    {
      title: 'Jobs',
      panels: [
        {
          title: 'Runs of jobs',
          description: 'Runs a second, by how they ended.',
          unit: 'ops',
          queries: [
            {
              expression: rateOf('jobs_finished_total', anyService, ['service', 'result']),
              legend: '{{service}} {{result}}',
            },
          ],
        },
        {
          title: 'Busiest queues',
          description: 'The ten queues with the most runs a second.',
          unit: 'ops',
          queries: [
            {
              expression: `topk(10, ${rateOf('jobs_finished_total', anyService, ['service', 'queue'])})`,
              legend: '{{service}} {{queue}}',
            },
          ],
        },
      ],
    },
  ],
};
