import { useQuery } from '@tanstack/react-query';
import type { ConsumerView } from '../../contracts/http/operations/consumers-api.ts';
import { useReader } from '../../site-kit/api/session.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { consumersQuery } from '../api/flow-queries.ts';
import { MoveConsumer } from '../components/flow/move-consumer.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const Partitions = ({ consumer: { partitions } }: { readonly consumer: ConsumerView }) => {
  const { number } = useFormats();
  const behind = partitions.filter(({ lag }) => lag > 0);
  if (behind.length === 0) return null;
  return (
    <ul className="fine">
      {behind.map(({ partition, lag, committed, end, heldBy }) => (
        <li key={partition}>
          Partition {partition}: {number(lag)} of {committed ?? 'nowhere'} to {end}, {heldBy ?? 'held by nobody'}
        </li>
      ))}
    </ul>
  );
};

/** How far each consumer is in each topic, and moving one that stands still. */
export const ConsumersPage = () => {
  const reader = useReader();
  const { date, number } = useFormats();
  const query = useQuery(consumersQuery);
  const isAdmin = reader?.roles.includes('admin') === true;
  return (
    <>
      <PageTitle text="Lag" />
      <header className="page-head">
        <div>
          <h1>Lag</h1>
          <p className="fine">
            How far each consumer is in each topic.{' '}
            {isAdmin ? 'One that stands still can be moved.' : 'Administrators can move one that stands still.'}
          </p>
        </div>
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ consumers }) => (
          <Table
            label="Lag"
            columns={[
              'Consumer',
              'Topic',
              { name: 'Members', isNumber: true },
              { name: 'Waiting', isNumber: true },
              'Oldest since',
              'Partitions that wait',
              ...(isAdmin ? ['Actions'] : []),
            ]}
          >
            {consumers.map((consumer) => (
              <tr key={`${consumer.group}/${consumer.topic}`}>
                <th scope="row">
                  {consumer.group}
                  {!consumer.isDeclared && <span className="fine"> a stranger</span>}
                </th>
                <td>{consumer.topic}</td>
                <td className="number">{number(consumer.members)}</td>
                <td className="number">
                  <span className={`state ${consumer.lag > 0 ? 'warn' : 'good'}`}>{number(consumer.lag)}</span>
                </td>
                <td>{consumer.oldestUnreadAt !== null && date(consumer.oldestUnreadAt)}</td>
                <td>
                  <Partitions consumer={consumer} />
                </td>
                {isAdmin && <td>{consumer.members === 0 && <MoveConsumer consumer={consumer} />}</td>}
              </tr>
            ))}
          </Table>
        )}
      </Await>
    </>
  );
};
