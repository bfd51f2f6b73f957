import type { QueryClient } from '@tanstack/react-query';

/** Milliseconds after which a page is drawn also without what it is about: it then says what it waits for. */
export const longestShellMs = 1_000;

/**
 * Resolves once the page that was drawn ahead (`public/ahead.js`) can be replaced by itself: its script and what it is about are there, so
 * nothing of it is gone for a moment.
 */
export const shellKept = async (router: { load(): Promise<void> }, queries: QueryClient): Promise<void> => {
  const ready = async () => {
    await router.load();
    const leading = queries.getQueryCache().findAll({ predicate: ({ meta }) => meta?.['isLeading'] === true });
    await Promise.allSettled(leading.map(({ promise }) => promise));
  };
  await Promise.race([ready(), new Promise((late) => setTimeout(late, longestShellMs))]);
};
