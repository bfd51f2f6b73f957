import type { Incident } from '../../../contracts/http/operations/incidents-api.ts';

const stateOf = ({ state, isLate }: Incident): readonly [tone: string, words: string] => {
  if (state === 'closed') return ['good', 'closed'];
  if (state === 'acknowledged') return ['warn', 'answered'];
  return ['bad', isLate ? 'open, nobody answered in time' : 'open'];
};

/** Whether somebody is at an incident. */
export const IncidentState = ({ incident }: { readonly incident: Incident }) => {
  const [tone, words] = stateOf(incident);
  return <span className={`state ${tone}`}>{words}</span>;
};
