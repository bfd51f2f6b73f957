import type { QueryClient } from '@tanstack/react-query';
import { endAttempt } from './payment-attempt.ts';

/** Forgets what the page knew of somebody who signed in or out; the cart, which may be another now, is asked for again. */
export const forgetReader = (queries: QueryClient): Promise<void> => {
  for (const whose of ['orders', 'account', 'conversation']) queries.removeQueries({ queryKey: [whose] });
  return queries.invalidateQueries({ queryKey: ['cart'] });
};

/** Forgets somebody who leaves with what he was about to pay: it must not be sent for whoever sits here next. A guest who signs in goes on with it. */
export const forgetWhoLeft = (queries: QueryClient): Promise<void> => {
  endAttempt();
  return forgetReader(queries);
};
