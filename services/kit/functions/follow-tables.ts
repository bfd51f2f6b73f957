import { type FollowerParts, startFollower } from './follower.ts';
import { createTableClient } from './table-client.ts';
import { createStreamsClient } from './table-stream.ts';

/** Follows tables of the DynamoDB that the environment names, until it is closed. */
export const followTables = (
  followed: readonly string[],
  parts: Omit<FollowerParts, 'table' | 'tables' | 'streams'>,
): { close(): Promise<void> } => {
  const tables = createTableClient();
  const streams = createStreamsClient();
  const followers = followed.map((table) => startFollower({ ...parts, table, tables, streams }));
  return {
    close: async () => {
      await Promise.all(followers.map((follower) => follower.close()));
      tables.destroy();
      streams.destroy();
    },
  };
};
