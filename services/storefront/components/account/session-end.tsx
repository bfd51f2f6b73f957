import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { sessionEndQuery } from '../../api/session-end.ts';

const SignInAgain = lazy(async () => ({ default: (await import('./sign-in-again.tsx')).SignInAgain }));

/** Asks a reader whose session ended to sign in again, above the page as it is. */
export const SessionEnd = () => {
  const { data: isOver } = useQuery(sessionEndQuery);
  if (!isOver) return null;
  return (
    <Suspense fallback={null}>
      <SignInAgain />
    </Suspense>
  );
};
