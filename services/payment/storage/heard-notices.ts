import { acceptOnce, pruneInbox } from '../../kit/events/inbox.ts';
import type { Database } from '../../kit/storage/database.ts';

const consumer = 'provider-notices';

/** Which notices of the provider were heard: in the inbox that events have, under a name of their own. */
export const createHeardNotices = (database: Database) => ({
  has: async (eventId: string): Promise<boolean> => {
    const { rows } = await database.query('SELECT FROM inbox WHERE consumer = $1 AND event_id = $2', [
      consumer,
      eventId,
    ]);
    return rows.length > 0;
  },
  add: (eventId: string): Promise<boolean> => acceptOnce(database, consumer, eventId),
  /** Providers stop telling after some days; the inbox keeps ids for longer. */
  forgetOld: (): Promise<number> => pruneInbox(database, consumer),
});

export type HeardNotices = ReturnType<typeof createHeardNotices>;
