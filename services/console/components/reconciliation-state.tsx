import type { Reconciliation } from '../../contracts/http/reconciliation-api.ts';

const stateOf = ({ status, drifts, repaired }: Reconciliation): readonly [tone: string, words: string] => {
  if (status === 'running') return ['', 'runs'];
  if (status === 'failed') return ['bad', 'did not end'];
  if (drifts === 0) return ['good', 'all agree'];
  return repaired === drifts ? ['good', 'repaired'] : ['bad', 'drifts left'];
};

/** What a comparison came to. */
export const ReconciliationState = ({ reconciliation }: { readonly reconciliation: Reconciliation }) => {
  const [tone, words] = stateOf(reconciliation);
  return <span className={`state ${tone}`}>{words}</span>;
};
