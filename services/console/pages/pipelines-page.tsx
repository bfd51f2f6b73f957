import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Pipeline } from '../../contracts/http/operations/pipelines-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { pipelinesQuery } from '../api/flow-queries.ts';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { Table } from '../components/table.tsx';

const tones: Readonly<Record<Pipeline['status'], string>> = {
  well: 'good',
  behind: 'warn',
  stopped: 'bad',
  unknown: '',
};

const Row = ({ pipeline }: { readonly pipeline: Pipeline }) => {
  const { date, number } = useFormats();
  const { source, from, to, status, lag, freshnessSeconds, freshWithinSeconds, lastEventAt, deadLetters, note } =
    pipeline;
  const seconds = (count: number | null) => (count === null ? 'not known' : `${number(Math.round(count))} s`);
  return (
    <tr>
      <th scope="row">{to}</th>
      <td>
        {source.name}, of {from}
      </td>
      <td>
        <span className={`state ${tones[status]}`}>{status}</span>
        {note && <span className="fine"> {note}</span>}
      </td>
      <td className="number">{lag === null ? 'not known' : number(lag)}</td>
      <td className="number">
        {seconds(freshnessSeconds)} of {seconds(freshWithinSeconds)}
      </td>
      <td>{lastEventAt === null ? 'never' : <time dateTime={lastEventAt}>{date(lastEventAt)}</time>}</td>
      <td className="number">
        {deadLetters !== null && deadLetters > 0 ? (
          <Link to="/dead-letters">{number(deadLetters)}</Link>
        ) : (
          (deadLetters ?? '')
        )}
      </td>
    </tr>
  );
};

/** Every consumer, function and stream job, and how far behind each is. */
export const PipelinesPage = () => {
  const { date } = useFormats();
  const query = useQuery(pipelinesQuery);
  return (
    <>
      <PageTitle text="Pipelines" />
      <header className="page-head">
        <div>
          <h1>Pipelines</h1>
          <p className="fine">Who reads which events, and how long the oldest that is not handled has waited.</p>
        </div>
        {query.data && <p className="fine">As of {date(query.data.at)}</p>}
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pipelines }) => (
          <Table
            label="Pipelines"
            columns={[
              'Reader',
              'Reads',
              'State',
              { name: 'Waiting', isNumber: true },
              { name: 'Oldest', isNumber: true },
              'Last event',
              { name: 'Dead letters', isNumber: true },
            ]}
          >
            {pipelines.map((pipeline) => (
              <Row key={`${pipeline.to}/${pipeline.source.kind}/${pipeline.source.name}`} pipeline={pipeline} />
            ))}
          </Table>
        )}
      </Await>
    </>
  );
};
