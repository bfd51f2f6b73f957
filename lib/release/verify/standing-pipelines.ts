/** How every declared pipeline is after a deployment: the answer of `npx cloudmart pipelines`, where each that is not well is a finding. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Pipeline } from '../../shop/operations-views.ts';
import type { RolloutFinding } from '../rollout/rollout-finding.ts';

/** Gives a look at the pipelines to `work`. Throws where nobody can look, with the reason. */
export type WatchPipelines = <T>(work: (look: () => Promise<readonly Pipeline[]>) => Promise<T>) => Promise<T>;

/** Seconds for consumers that a deployment moved to read again what waits. */
const SETTLE_SECONDS = 60;
const LOOK_EVERY_MS = 5_000;

const isUnwell = ({ status }: Pipeline) => status === 'stopped' || status === 'behind';

const findingOf = ({
  status,
  source,
  from,
  to,
  freshnessSeconds,
  freshWithinSeconds,
  note,
}: Pipeline): RolloutFinding => {
  const what = `${source.kind === 'table' ? 'table ' : ''}${source.name} of ${from}`;
  const why = note === null ? '' : ` (${note})`;
  return status === 'stopped'
    ? {
        code: 'pipeline-stopped',
        service: to,
        problem: `${to} does not read ${what}${why}; see docs/runbooks/consumer-lag.md`,
      }
    : {
        code: 'pipeline-behind',
        service: to,
        problem: `${to} is ${freshnessSeconds} s behind ${what}, of ${freshWithinSeconds} s that it may be${why}; see docs/runbooks/consumer-lag.md`,
      };
};

export type StandingRequest = {
  readonly watch: WatchPipelines;
  readonly progress: (sentence: string) => void;
  readonly signal: AbortSignal;
  /** How long one may be unwell; default 60. */
  readonly settleSeconds?: number;
  /** Milliseconds between two looks; default 5,000. */
  readonly everyMs?: number;
};

/** The pipelines as they stand once none is unwell, or after a minute; none where nobody can look, which progress is told. */
export const judgePipelines = async ({
  watch,
  progress,
  signal,
  settleSeconds = SETTLE_SECONDS,
  everyMs = LOOK_EVERY_MS,
}: StandingRequest) => {
  try {
    return await watch(async (look) => {
      const until = performance.now() + settleSeconds * 1000;
      let pipelines = await look();
      while (pipelines.some(isUnwell) && performance.now() < until) {
        await pause(Math.min(everyMs, until - performance.now()), undefined, { signal });
        pipelines = await look();
      }
      const findings = pipelines.filter(isUnwell).map(findingOf);
      progress(`${pipelines.length - findings.length} of ${pipelines.length} pipelines are read and up to date`);
      return { pipelines, findings };
    });
  } catch (problem) {
    signal.throwIfAborted();
    if (!(problem instanceof Error)) throw problem;
    progress(`how the pipelines are was not observed: ${problem.message}`);
    return { pipelines: [], findings: [] };
  }
};
