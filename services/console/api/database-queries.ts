/** What pages read of the databases of the shop. */
import { queryOptions } from '@tanstack/react-query';
import { operations } from './operations.ts';

/** Milliseconds between two looks at what sessions do; nobody looks while the page is hidden. */
const lookAgainMs = 5_000;

/** What a database can be asked, by the name that staff read. */
export const looks = {
  slow: 'Slow statements',
  locks: 'Locks',
  pool: 'Connections',
  indexes: 'Indexes',
  bloat: 'Bloat',
  replication: 'Replication',
} as const;
export type Look = keyof typeof looks;

/** A look at a database as the address spells it; without a name the first. */
export type DatabaseSearch = { readonly name?: string; readonly look?: Look };
export const databaseSearchOf = ({ name, look }: Record<string, unknown>): DatabaseSearch => {
  const known = (Object.keys(looks) as Look[]).find((one) => one === look);
  return { ...(typeof name === 'string' && { name }), ...(known !== undefined && { look: known }) };
};

const keyOf = (look: Look, name: string) => ['operations', 'databases', name, look];

export const slowQuery = (name: string) =>
  queryOptions({
    queryKey: keyOf('slow', name),
    queryFn: async ({ signal }) => (await operations()).slowStatements({ params: { name } }, { signal }),
  });

export const locksQuery = (name: string) =>
  queryOptions({
    queryKey: keyOf('locks', name),
    queryFn: async ({ signal }) => (await operations()).blockedSessions({ params: { name } }, { signal }),
    refetchInterval: lookAgainMs,
  });

export const poolQuery = (name: string) =>
  queryOptions({
    queryKey: keyOf('pool', name),
    queryFn: async ({ signal }) => (await operations()).connections({ params: { name } }, { signal }),
    refetchInterval: lookAgainMs,
  });

export const indexesQuery = (name: string) =>
  queryOptions({
    queryKey: keyOf('indexes', name),
    queryFn: async ({ signal }) => (await operations()).indexes({ params: { name } }, { signal }),
  });

export const bloatQuery = (name: string) =>
  queryOptions({
    queryKey: keyOf('bloat', name),
    queryFn: async ({ signal }) => (await operations()).bloat({ params: { name } }, { signal }),
  });

export const replicationQuery = (name: string) =>
  queryOptions({
    queryKey: keyOf('replication', name),
    queryFn: async ({ signal }) => (await operations()).replication({ params: { name } }, { signal }),
  });
