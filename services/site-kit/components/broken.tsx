import { useSiteWords } from '../messages/site-words.tsx';
import { Panel } from './states.tsx';

/** A page that threw: a fault of ours, or a file of a version that is gone. */
export const Broken = () => {
  const { states } = useSiteWords();
  return (
    <Panel title={states.broken} text={states.brokenText}>
      <button type="button" className="button" onClick={() => location.reload()}>
        {states.reload}
      </button>
    </Panel>
  );
};
