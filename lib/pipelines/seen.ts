import type { Pipeline } from '../../services/contracts/http/operations/pipelines-api.ts';

/** What AWS adds to what the shop itself told of a pipeline. */
export type Seen = Partial<Pick<Pipeline, 'isEnabled' | 'lastEventAt' | 'freshnessSeconds' | 'deadLetters'>> & {
  readonly notes: readonly string[];
};
