/** Who is signed in at this browser. Its tokens are in cookies that this page cannot read. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import { shop } from './shop.ts';

/** Remembers that somebody signed in here, and nothing else: only then is it worth asking whether the session goes on. */
export const signedInHint = 'signed-in';

const whoIsHere = async (): Promise<User | null> => {
  const { sessions } = await shop();
  const { user } = await sessions.show();
  if (user !== null || localStorage.getItem(signedInHint) === null) return user;
  const refreshed = await sessions.refresh();
  if (refreshed.user === null) localStorage.removeItem(signedInHint);
  return refreshed.user;
};

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: whoIsHere, staleTime: 300_000 });

/** The one who is signed in; null for a guest, undefined until it is known. */
export const useReader = (): User | null | undefined => useQuery(sessionQuery).data;
