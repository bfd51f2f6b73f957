/** Lists that doors give page by page, each page with the cursor of the next. */
import { infiniteQueryOptions, type QueryKey } from '@tanstack/react-query';

/** What a door takes to begin, or to go on after its last answer. */
export type CursorPage = { readonly limit: number; readonly cursor?: string };

/**
 * A list that is read by cursor until a page names none.
 * @param list.limit Records of a page; 25 by default.
 * @param list.ask Asks the door for a page; its options end the question when nobody waits for the answer any more.
 */
export const cursorPages = <Answer extends { readonly nextCursor: string | null }, Key extends QueryKey>({
  queryKey,
  limit = 25,
  ask,
}: {
  readonly queryKey: Key;
  readonly limit?: number;
  readonly ask: (page: CursorPage, options: { readonly signal: AbortSignal }) => Promise<Answer>;
}) =>
  infiniteQueryOptions({
    queryKey,
    queryFn: ({ pageParam, signal }) => ask({ limit, ...(pageParam !== null && { cursor: pageParam }) }, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
