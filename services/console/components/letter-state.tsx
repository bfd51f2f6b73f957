import type { DeadLetterView } from '../../contracts/http/operations/dead-letters-api.ts';
import { letterStates } from '../api/dead-letter-queries.ts';

const tones: Readonly<Record<string, string>> = { new: 'bad', reviewed: 'warn', replaying: 'warn', replayed: 'good' };

/** What was decided about a dead letter. */
export const LetterState = ({ letter: { state, needsReview } }: { readonly letter: DeadLetterView }) => (
  <span className={`state ${tones[state] ?? ''}`}>
    {needsReview && state === 'new' ? 'needs a decision' : (letterStates[state] ?? state)}
  </span>
);
