/** Looks at statements and copies of a database: what takes time, and how far its copies are behind. */
import { useQuery } from '@tanstack/react-query';
import { Await } from '../../../site-kit/components/states.tsx';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { replicationQuery, slowQuery } from '../../api/database-queries.ts';
import { Empty } from '../empty.tsx';
import { RowSkeletons } from '../row-skeletons.tsx';
import { Table } from '../table.tsx';
import { useSizes } from './sizes.ts';

type LookProps = { readonly name: string };

/** Statements by the time that they took together. */
export const Slow = ({ name }: LookProps) => {
  const { date, number } = useFormats();
  const { ms, percent } = useSizes();
  const query = useQuery(slowQuery(name));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ lacking, since, statements }) => {
        if (lacking !== null) return <Empty title="Nothing is counted" text={lacking} />;
        if (statements.length === 0) return <Empty title="No statement yet" text="Nobody has asked this database." />;
        return (
          <>
            {since !== null && <p className="fine">Since {date(since)}, most time first.</p>}
            <Table
              label="Slow statements"
              columns={[
                'Statement',
                ...['Together', 'Calls', 'Mean', 'Slowest', 'From memory'].map((column) => ({
                  name: column,
                  isNumber: true,
                })),
              ]}
            >
              {statements.map((statement) => (
                <tr key={statement.id}>
                  <th scope="row" className="id">
                    <span className="clamped">{statement.query}</span>
                  </th>
                  <td className="number">{ms(statement.totalMs)}</td>
                  <td className="number">{number(statement.calls)}</td>
                  <td className="number">{ms(statement.meanMs)}</td>
                  <td className="number">{ms(statement.maxMs)}</td>
                  <td className="number">{statement.hitPercent !== null && percent(statement.hitPercent)}</td>
                </tr>
              ))}
            </Table>
          </>
        );
      }}
    </Await>
  );
};

/** How far copies of the server are behind. */
export const Replicas = ({ name }: LookProps) => {
  const { bytes, ms } = useSizes();
  const query = useQuery(replicationQuery(name));
  const size = (count: number | null) => (count === null ? '' : bytes(count));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ role, replicas, slots }) => (
        <>
          <p>This server is {role === 'writer' ? 'the writer' : 'a copy'}.</p>
          {replicas.length === 0 ? (
            <p className="fine">No copy follows it.</p>
          ) : (
            <Table
              label="Copies"
              columns={['Copy', 'State', { name: 'Behind', isNumber: true }, { name: 'To send', isNumber: true }]}
            >
              {replicas.map((replica) => (
                <tr key={replica.name}>
                  <th scope="row">{replica.name}</th>
                  <td>{replica.state}</td>
                  <td className="number">{replica.lagMs === null ? 'never said' : ms(replica.lagMs)}</td>
                  <td className="number">{size(replica.lagBytes)}</td>
                </tr>
              ))}
            </Table>
          )}
          {slots.length > 0 && (
            <Table label="Places kept in the log" columns={['Place', 'Read', { name: 'Kept', isNumber: true }]}>
              {slots.map((slot) => (
                <tr key={slot.name}>
                  <th scope="row">{slot.name}</th>
                  <td>
                    <span className={`state ${slot.isRead ? 'good' : 'warn'}`}>
                      {slot.isRead ? 'yes' : 'by nobody'}
                    </span>
                  </td>
                  <td className="number">{size(slot.keptBytes)}</td>
                </tr>
              ))}
            </Table>
          )}
        </>
      )}
    </Await>
  );
};
