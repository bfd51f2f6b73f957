import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { sessionQuery } from '../../site-kit/api/session.ts';
import { Failed, Panel } from '../../site-kit/components/states.tsx';
import { SignIn } from './sign-in.tsx';

/**
 * What is for staff, shown to staff alone; others sign in where they are, so that the address they asked for is not lost. The
 * doors check it themselves: this is for the eye.
 */
export const Admitted = ({ children }: { readonly children: ReactNode }) => {
  const session = useQuery(sessionQuery);
  if (session.isPending)
    return (
      <div className="place" role="status">
        <span className="visually-hidden">Loading</span>
        <span className="skeleton title" aria-hidden="true" />
        <span className="skeleton block" aria-hidden="true" />
      </div>
    );
  if (session.data === undefined) return <Failed problem={session.error} retry={session.refetch} />;
  if (session.data === null) return <SignIn />;
  if (!session.data.roles.some((role) => role !== 'customer'))
    return (
      <Panel
        title="This is for the shop's staff"
        text={`${session.data.email} is a customer's account. If you work here, ask an administrator to add you; the shop itself is at its own address.`}
      />
    );
  return children;
};
