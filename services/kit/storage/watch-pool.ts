import type pg from 'pg';
import type { Metrics } from '../telemetry/metrics.ts';

type WatchedGauge = { readonly pools?: Map<string, pg.Pool> };

/** Shows how busy a pool is; further pools of a process join the metric of the first. */
export const watchPool = (pool: pg.Pool, metrics: Metrics, poolName: string): void => {
  const watched = (metrics.registry.getSingleMetric('pg_pool_connections') as WatchedGauge | undefined)?.pools;
  if (watched) return void watched.set(poolName, pool);
  const pools = new Map([[poolName, pool]]);
  const gauge = metrics.gauge({
    name: 'pg_pool_connections',
    help: 'Connections of the database pools, and callers that wait for one.',
    labels: ['pool', 'state'],
    collect() {
      for (const [name, { totalCount, idleCount, waitingCount }] of pools) {
        this.set({ pool: name, state: 'busy' }, totalCount - idleCount);
        this.set({ pool: name, state: 'idle' }, idleCount);
        this.set({ pool: name, state: 'waiting' }, waitingCount);
      }
    },
  });
  Object.assign(gauge, { pools });
};
