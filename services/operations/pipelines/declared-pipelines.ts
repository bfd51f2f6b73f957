import type { Pipeline } from '../../contracts/http/operations/pipelines-api.ts';
import { usualFreshnessSeconds } from '../../contracts/http/operations/pipelines-api.ts';
import type { DeclaredService } from '../../contracts/http/operations/topology-api.ts';

export type DeclaredPipeline = Pick<Pipeline, 'kind' | 'source' | 'from' | 'to' | 'freshWithinSeconds'>;

const kinds = { pods: 'consumer', function: 'function', flink: 'stream-job', site: 'consumer' } as const;

/** Every way on which something that was written has an effect elsewhere: readers of topics, and functions that follow tables. */
export const declaredPipelines = (platform: readonly DeclaredService[]): DeclaredPipeline[] => {
  const publisherOf = (topic: string) => platform.find(({ publishes }) => publishes.includes(topic))?.name ?? 'nobody';
  const ownerOf = (table: string) =>
    platform.find(({ owns }) => owns.some(({ kind, name }) => kind === 'table' && name === table))?.name ?? 'nobody';
  return platform.flatMap(({ name: to, runs, consumes, follows, freshWithinSeconds }) => {
    const fresh = { to, freshWithinSeconds: freshWithinSeconds ?? usualFreshnessSeconds };
    return [
      ...Object.keys(consumes).map((topic) => ({
        ...fresh,
        kind: kinds[runs],
        source: { kind: 'topic' as const, name: topic },
        from: publisherOf(topic),
      })),
      ...follows.map((table) => ({
        ...fresh,
        kind: 'table-function' as const,
        source: { kind: 'table' as const, name: table },
        from: ownerOf(table),
      })),
    ];
  });
};
