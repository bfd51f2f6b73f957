import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useSiteWords } from '../messages/site-words.tsx';

// Where pages are drawn ahead, nobody is told that they are offline.
const drawnAhead = () => true;
const subscribe = (changed: () => void) => onlineManager.subscribe(changed);

/** Says on every page that nobody is connected, for as long as that is so. */
export const OfflineNotice = () => {
  const { states } = useSiteWords();
  const isOnline = useSyncExternalStore(subscribe, () => onlineManager.isOnline(), drawnAhead);
  return (
    <div role="status" className="connection">
      {!isOnline && (
        <p className="notice offline">
          <strong>{states.offline}.</strong> {states.offlineText}
        </p>
      )}
    </div>
  );
};
