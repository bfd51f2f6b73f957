/** Where staff replay dead letters, on a real database and the log of a story. */

import type { EventLog } from '../../../services/kit/events/event-log.ts';
import { systemIds } from '../../../services/kit/system-ids.ts';
import { testDatabase } from '../../../services/kit/testing/postgres.ts';
import { findDeadLetters } from '../../../services/operations/dead-letters/find-dead-letters.ts';
import { replayDeadLetters } from '../../../services/operations/dead-letters/replay-dead-letters.ts';
import { createActRepository } from '../../../services/operations/storage/act-repository.ts';
import { createDeadLetterRepository } from '../../../services/operations/storage/dead-letter-repository.ts';
import { migrationsOf, readerOf } from './judge-story.ts';

/** Milliseconds between two replays here: longer than one that died holds what it took. */
const betweenReplaysMs = 120_000;

export const openReplayDesk = async (log: EventLog, topic: string) => {
  const store = await testDatabase(migrationsOf('operations'));
  let passed = 0;
  const clock = { now: () => new Date(Date.now() + passed) };
  const letters = createDeadLetterRepository({ database: store.database, clock });
  const acts = createActRepository({ sql: store.database, clock });
  return {
    read: readerOf(store),
    /** How many dead letters the topic has. */
    waiting: () => findDeadLetters({ log, letters }, topic),
    /** One replay of everything; one whose log is away comes to nothing. */
    replay: async ({ isLogAway }: { readonly isLogAway: boolean }): Promise<void> => {
      const away: EventLog['append'] = () => Promise.reject(new Error('the broker does not answer'));
      const reached = { ...log, ...(isLogAway && { append: away }) };
      const effects = { log: reached, letters, acts, ids: systemIds, topics: [topic] };
      const request = { actor: 'usr_staff', reason: 'mended', dryRun: false, filter: { topic } };
      const replayed = await replayDeadLetters(effects, request).then(
        () => true,
        () => false,
      );
      if (replayed === isLogAway)
        throw new Error(`a replay ${replayed ? 'without a log went well' : 'with a log failed'}`);
      passed += betweenReplaysMs;
    },
    close: () => store.drop(),
  };
};
