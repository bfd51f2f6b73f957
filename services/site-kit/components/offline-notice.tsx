import { onlineManager } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useSiteWords } from '../messages/site-words.tsx';

const subscribe = (changed: () => void) => onlineManager.subscribe(changed);

/** Says on every page that nobody is connected, for as long as that is so. */
export const OfflineNotice = () => {
  const { states } = useSiteWords();
  const isOnline = useSyncExternalStore(subscribe, () => onlineManager.isOnline());
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
