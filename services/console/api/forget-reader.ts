import type { QueryClient } from '@tanstack/react-query';
import { sessionQuery } from '../../site-kit/api/session.ts';

/** Forgets everything that the console read as somebody who signed in or out. */
export const forgetReader = (queries: QueryClient): void =>
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
