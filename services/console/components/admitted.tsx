import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { sessionQuery } from '../../site-kit/api/session.ts';
import { Failed, Panel } from '../../site-kit/components/states.tsx';

// Forms are a quarter of the script; whoever is signed in does without this one.
const SignIn = lazy(async () => ({ default: (await import('./sign-in.tsx')).SignIn }));

const Waiting = () => (
  <div className="place" role="status">
    <span className="visually-hidden">Loading</span>
    <span className="skeleton title" aria-hidden="true" />
    <span className="skeleton block" aria-hidden="true" />
  </div>
);

/**
 * What is for staff, shown to staff alone; others sign in where they are, so that the address they asked for is not lost. The
 * doors check it themselves: this is for the eye.
 */
export const Admitted = ({ children }: { readonly children: ReactNode }) => {
  const session = useQuery(sessionQuery);
  if (session.isPending) return <Waiting />;
  if (session.data === undefined) return <Failed problem={session.error} retry={session.refetch} />;
  if (session.data === null)
    return (
      <Suspense fallback={<Waiting />}>
        <SignIn />
      </Suspense>
    );
  if (!session.data.roles.some((role) => role !== 'customer'))
    return (
      <Panel
        title="This is for the shop's staff"
        text={`${session.data.email} is a customer's account. If you work here, ask an administrator to add you; the shop itself is at its own address.`}
      />
    );
  return children;
};
