import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import { sessionQuery, signedInHint } from './session.ts';

/** Signs somebody in or out; `forget` then drops what the page knew of the one before. */
export const useSessionChange = <Given>(
  change: (given: Given) => Promise<User | null>,
  forget: (queries: QueryClient, user: User | null) => unknown,
) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (user) => {
      if (user) localStorage.setItem(signedInHint, 'yes');
      else localStorage.removeItem(signedInHint);
      queries.setQueryData(sessionQuery.queryKey, user);
      await forget(queries, user);
    },
  });
};
