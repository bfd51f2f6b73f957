import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import { sessionQuery, signedInHint } from './session.ts';

/** Signs somebody in or out; what the page knew of the one before is forgotten. */
export const useSessionChange = <Given>(change: (given: Given) => Promise<User | null>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (user) => {
      if (user) localStorage.setItem(signedInHint, 'yes');
      else localStorage.removeItem(signedInHint);
      for (const whose of ['orders', 'account']) queries.removeQueries({ queryKey: [whose] });
      queries.setQueryData(sessionQuery.queryKey, user);
      await queries.invalidateQueries({ queryKey: ['cart'] });
    },
  });
};
