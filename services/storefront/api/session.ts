/** Who is signed in at this browser. Its tokens are in cookies that this page cannot read. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import { shop } from './shop.ts';

/** Remembers that somebody signed in here, and nothing else: only then is it worth asking whether the session goes on. */
const hint = 'signed-in';

const whoIsHere = async (): Promise<User | null> => {
  const { sessions } = await shop();
  const { user } = await sessions.show();
  if (user !== null || localStorage.getItem(hint) === null) return user;
  const refreshed = await sessions.refresh();
  if (refreshed.user === null) localStorage.removeItem(hint);
  return refreshed.user;
};

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: whoIsHere, staleTime: 300_000 });

/** The one who is signed in; null for a guest, undefined until it is known. */
export const useReader = (): User | null | undefined => useQuery(sessionQuery).data;

/** Signs somebody in or out; what the page knew of the one before is forgotten. */
export const useSessionChange = <Given>(change: (given: Given) => Promise<User | null>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (user) => {
      if (user) localStorage.setItem(hint, 'yes');
      else localStorage.removeItem(hint);
      queries.removeQueries({ queryKey: ['orders'] });
      queries.setQueryData(sessionQuery.queryKey, user);
      await queries.invalidateQueries({ queryKey: ['cart'] });
    },
  });
};
