import { type Pipeline, pipelineStatus } from '../../../services/contracts/http/operations/pipelines-api.ts';

/** A function that follows a table, of which a shop on AWS can tell nothing itself, with what differs. */
export const anUntoldPipeline = (differing: Partial<Pipeline> = {}): Pipeline => {
  const pipeline: Pipeline = {
    kind: 'table-function',
    source: { kind: 'table', name: 'order-events' },
    from: 'ledger',
    to: 'export',
    status: 'unknown',
    isEnabled: null,
    lag: null,
    lastEventAt: null,
    freshnessSeconds: null,
    freshWithinSeconds: 60,
    deadLetters: null,
    note: 'the shop cannot tell',
    ...differing,
  };
  return { ...pipeline, status: pipelineStatus(pipeline) };
};
