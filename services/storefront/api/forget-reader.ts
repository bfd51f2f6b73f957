import type { QueryClient } from '@tanstack/react-query';

/** Forgets what the page knew of somebody who signed in or out; the cart, which may be another now, is asked for again. */
export const forgetReader = (queries: QueryClient): Promise<void> => {
  for (const whose of ['orders', 'account', 'conversation']) queries.removeQueries({ queryKey: [whose] });
  return queries.invalidateQueries({ queryKey: ['cart'] });
};
