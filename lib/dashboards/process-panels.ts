/** What Node and the system tell of a process: memory, processor, restarts, turns of the event loop. */
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { Panel } from './dashboard.ts';
import { RATE_WINDOW, rateOf } from './promql.ts';

const MEBIBYTE = 1_048_576;

/** Panels over all services that `matchers` select, a line each. */
export const processPanels = (matchers: string): Panel[] => {
  const line = (expression: string) => [{ expression, legend: '{{service}}' }];
  const most = (metric: string) => line(`max by (service) (${metric}{${matchers}})`);
  return [
    {
      title: 'Memory',
      description: 'Resident memory of the largest pod.',
      unit: 'bytes',
      queries: most('process_resident_memory_bytes'),
    },
    {
      title: 'Heap',
      description: 'Memory of JavaScript in use in the largest pod; what grows without an end leaks.',
      unit: 'bytes',
      queries: most('nodejs_heap_size_used_bytes'),
    },
    {
      title: 'Processor',
      description: 'Cores in use by all pods together.',
      unit: 'short',
      queries: line(rateOf('process_cpu_seconds_total', matchers, ['service'])),
    },
    {
      title: 'Throttled',
      description: 'Share of the time slices in which a pod wanted more of the processor than its limit.',
      unit: 'percentunit',
      queries: line(
        `max by (service) (rate(process_cpu_throttled_periods_total{${matchers}}[${RATE_WINDOW}]) / rate(process_cpu_periods_total{${matchers}}[${RATE_WINDOW}]))`,
      ),
    },
    {
      title: 'Event loop delay',
      description: 'Seconds that 99 of 100 turns of work wait at most, in the slowest pod.',
      unit: 's',
      queries: most('nodejs_eventloop_lag_p99_seconds'),
    },
    {
      title: 'Garbage collection',
      description: 'Share of the time that pods spend on it.',
      unit: 'percentunit',
      queries: line(
        `${rateOf('nodejs_gc_duration_seconds_sum', matchers, ['service'])} / count by (service) (process_start_time_seconds{${matchers}})`,
      ),
    },
    {
      title: 'Pods',
      description: 'Processes that show their metrics.',
      unit: 'short',
      queries: line(`count by (service) (process_start_time_seconds{${matchers}})`),
    },
    {
      title: 'Restarts',
      description: 'Starts of the container that restarts most, within half an hour.',
      unit: 'short',
      queries: line(`max by (service) (changes(process_start_time_seconds{${matchers}}[30m]))`),
    },
    {
      title: 'Open files',
      description: 'Files and connections of the busiest pod, as a share of what it may open.',
      unit: 'percentunit',
      queries: line(`max by (service) (process_open_fds{${matchers}} / process_max_fds{${matchers}})`),
    },
  ];
};

/** Memory as a share of the limit at which a pod is killed. */
export const memoryOfLimit = (services: readonly ServiceManifest[]): Panel => ({
  title: 'Memory of its limit',
  description: 'Share of its memory limit that the largest pod of a service uses; at 100 % it is killed.',
  unit: 'percentunit',
  queries: services.map(({ name, size }) => ({
    expression: `max(process_resident_memory_bytes{service="${name}"}) / ${size.memoryMiB * MEBIBYTE}`,
    legend: name,
  })),
});
