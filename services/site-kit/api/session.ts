/** Who is signed in at this browser. Its tokens are in cookies that this page cannot read. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import { sessionDoors } from '../../contracts/http/accounts/session-doors.ts';
import { createDoorClient } from '../../contracts/http/client.ts';
import { openDoors } from './reader.ts';

/** Remembers that somebody signed in here, and nothing else: only then is it worth asking whether the session goes on. */
export const signedInHint = 'signed-in';

/** The doors by which people sign in and out. */
export const sessions = openDoors((reader) => createDoorClient(sessionDoors, reader));

const whoIsHere = async (): Promise<User | null> => {
  const doors = await sessions();
  const { user } = await doors.show();
  if (user !== null || localStorage.getItem(signedInHint) === null) return user;
  const refreshed = await doors.refresh();
  if (refreshed.user === null) localStorage.removeItem(signedInHint);
  return refreshed.user;
};

export const sessionQuery = queryOptions({ queryKey: ['session'], queryFn: whoIsHere, staleTime: 300_000 });

/** The one who is signed in; null for a guest, undefined until it is known. */
export const useReader = (): User | null | undefined => useQuery(sessionQuery).data;
