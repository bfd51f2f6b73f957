import { useQuery } from '@tanstack/react-query';
import type { ViewAnswer } from '../../../contracts/http/operations/analytics-api.ts';
import { Await } from '../../../site-kit/components/states.tsx';
import { viewQuery } from '../../api/analytics-queries.ts';
import { AsTable } from '../charts/as-table.tsx';
import { CohortHeat } from './cohort-heat.tsx';
import { ViewBars } from './view-bars.tsx';
import { ViewRows } from './view-rows.tsx';

/** The rows of a currency, where the answer knows currencies; with it the one whose rows these are. */
const ofCurrency = ({ rows }: ViewAnswer, wanted: string | undefined) => {
  const known = [...new Set(rows.map((row) => row['currency']).filter((one) => typeof one === 'string'))];
  const currency = known.find((one) => one === wanted) ?? known[0];
  return { currency, rows: currency === undefined ? rows : rows.filter((row) => row['currency'] === currency) };
};

const Answer = ({ answer, wanted }: { readonly answer: ViewAnswer; readonly wanted: string | undefined }) => {
  const { title, picture, lacking } = answer;
  const { currency, rows } = ofCurrency(answer, wanted);
  const value = picture?.value;
  if (lacking !== null) return <p className="fine">{lacking}</p>;
  if (!picture || !rows.some((row) => value !== undefined && Number(row[value] ?? 0) > 0))
    return <p className="fine">{rows.length === 0 ? 'No order yet.' : 'Nothing but zeros yet.'}</p>;
  return (
    <>
      {picture.series !== null && picture.series !== 'currency' ? (
        <CohortHeat answer={answer} />
      ) : (
        <ViewBars answer={answer} picture={picture} rows={rows} currency={currency ?? 'USD'} />
      )}
      <AsTable about={title}>{() => <ViewRows title={title} rows={rows.toReversed()} />}</AsTable>
    </>
  );
};

export type ViewCardProps = {
  readonly view: string;
  readonly title: string;
  /** The currency that is looked at; where the answer has none of it, its first is shown. */
  readonly currency: string | undefined;
};

/** A ready-made question to the warehouse, its answer drawn and as a table. */
export const ViewCard = ({ view, title, currency }: ViewCardProps) => {
  const query = useQuery(viewQuery(view));
  return (
    <section>
      <h3>{title}</h3>
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {(answer) => <Answer answer={answer} wanted={currency} />}
      </Await>
    </section>
  );
};
