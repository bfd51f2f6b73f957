/** Looks at the sessions of a database: who waits for whom, and who holds connections. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DatabaseSession } from '../../../contracts/http/operations/database-sessions-api.ts';
import { Await } from '../../../site-kit/components/states.tsx';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { locksQuery, poolQuery } from '../../api/database-queries.ts';
import { Empty } from '../empty.tsx';
import { RowSkeletons } from '../row-skeletons.tsx';
import { Table } from '../table.tsx';
import { CancelStatement } from './cancel-statement.tsx';
import { useSizes } from './sizes.ts';

type LookProps = { readonly name: string };

type SessionRowProps = LookProps & {
  readonly session: DatabaseSession;
  /** How many others have to end before it; 0 by default. */
  readonly depth?: number;
  /** Cells between its state and its age. */
  readonly children?: ReactNode;
};

const SessionRow = ({ name, session, depth = 0, children }: SessionRowProps) => {
  const { ms } = useSizes();
  return (
    <tr>
      <th scope="row">
        {'↳ '.repeat(depth)}
        {session.pid} <span className="fine">{session.application}</span>
      </th>
      <td>{session.state}</td>
      {children}
      <td className="number">{session.transactionMs !== null && ms(session.transactionMs)}</td>
      <td className="id">
        <span className="clamped">{session.query}</span>
      </td>
      <td>
        <CancelStatement database={name} session={session} />
      </td>
    </tr>
  );
};

/** Who waits for whom; who waits stands below the one that is waited for. */
export const Locks = ({ name }: LookProps) => {
  const query = useQuery(locksQuery(name));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ sessions }) =>
        sessions.length === 0 ? (
          <Empty title="Nobody waits" text="No session waits for a lock of another one." />
        ) : (
          <Table label="Locks" columns={['Session', 'State', 'Waits for', 'Wants', 'Open for', 'Statement', 'Actions']}>
            {sessions.map((session) => (
              <SessionRow key={session.pid} name={name} session={session} depth={session.depth}>
                <td>{session.blockedBy.join(', ') || 'nobody'}</td>
                <td>{session.wants}</td>
              </SessionRow>
            ))}
          </Table>
        )
      }
    </Await>
  );
};

const LongTransactions = ({ name, sessions }: LookProps & { readonly sessions: readonly DatabaseSession[] }) => {
  if (sessions.length === 0) return <p className="fine">No transaction has been open for over two minutes.</p>;
  return (
    <Table label="Long transactions" columns={['Session', 'State', 'Open for', 'Statement', 'Actions']}>
      {sessions.map((session) => (
        <SessionRow key={session.pid} name={name} session={session} />
      ))}
    </Table>
  );
};

/** Who holds how many connections, and who holds a transaction open for long. */
export const Pool = ({ name }: LookProps) => {
  const { number } = useFormats();
  const query = useQuery(poolQuery(name));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ most, used, pools, longTransactions }) => (
        <>
          <p>
            {number(used)} of the {number(most)} connections of the server are in use.
          </p>
          <Table
            label="Connections"
            columns={[
              'Who',
              'Role',
              ...['Active', 'Waiting', 'Idle in transaction', 'Idle'].map((column) => ({
                name: column,
                isNumber: true,
              })),
            ]}
          >
            {pools.map((pool) => (
              <tr key={`${pool.role}/${pool.application}`}>
                <th scope="row">{pool.application || 'not said'}</th>
                <td>{pool.role}</td>
                <td className="number">{number(pool.active)}</td>
                <td className="number">{number(pool.waiting)}</td>
                <td className="number">{number(pool.idleInTransaction)}</td>
                <td className="number">{number(pool.idle)}</td>
              </tr>
            ))}
          </Table>
          <h2>Long transactions</h2>
          <LongTransactions name={name} sessions={longTransactions} />
        </>
      )}
    </Await>
  );
};
