import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { MinuteFigures } from '../../contracts/http/operations/analytics-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { minutesQuery, spans } from '../api/analytics-queries.ts';
import { MinuteCharts } from '../components/analytics/minute-charts.tsx';
import { ViewCard } from '../components/analytics/view-card.tsx';
import { currenciesOf } from '../components/charts/minute-series.ts';
import { Empty } from '../components/empty.tsx';

const route = getRouteApi('/analytics');

/** Ready-made questions to the warehouse that have a picture, in the order in which they are asked. */
const views = [
  ['revenue-by-day', 'Revenue by day'],
  ['average-order-value', 'Average order by day'],
  ['refund-rate', 'Orders that got money back, by day of payment'],
  ['funnel', 'How far orders came'],
  ['cohort-retention', 'Customers who bought again'],
] as const;

const Choices = ({ hours, currencies }: { readonly hours: number; readonly currencies: readonly string[] }) => {
  const search = route.useSearch();
  const navigate = useNavigate();
  const choose = (chosen: object) => void navigate({ to: '/analytics', search: { ...search, ...chosen } });
  return (
    <div className="filters">
      <label>
        <span>Minutes of the last</span>
        <select value={hours} onChange={({ target: { value } }) => choose({ hours: Number(value) })}>
          {Object.entries(spans).map(([span, name]) => (
            <option key={span} value={span}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {currencies.length > 1 && (
        <label>
          <span>Currency</span>
          <select
            value={search.currency ?? currencies[0]}
            onChange={({ target: { value } }) => choose({ currency: value })}
          >
            {currencies.map((currency) => (
              <option key={currency}>{currency}</option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
};

/** What no minute counts, where there is something. */
const LateOrders = ({ figures: { late } }: { readonly figures: MinuteFigures }) => {
  const { money, number } = useFormats();
  if (late.length === 0) return null;
  const words = late.map(({ orders, amount, currency }) => `${number(orders)} (${money({ amount, currency })})`);
  return (
    <p className="notice">Paid orders that came too late for their minute, and are in none: {words.join(', ')}.</p>
  );
};

const Minutes = ({ figures, currency }: { readonly figures: MinuteFigures; readonly currency: string | undefined }) => {
  if (figures.lacking !== null) return <Empty title="No figures" text={`There are none: ${figures.lacking}.`} />;
  if (currency === undefined)
    return (
      <Empty
        title="Nothing was paid in this time"
        text="A minute is here some seconds after its end, once something happened after it."
      />
    );
  return (
    <>
      <LateOrders figures={figures} />
      {!figures.isWhole && <p className="notice">There are more minutes than are told at a time: the oldest lack.</p>}
      <MinuteCharts figures={figures} currency={currency} />
    </>
  );
};

/** Figures of the shop: of each minute as they come, and of days and months from the warehouse. */
export const AnalyticsPage = () => {
  const search = route.useSearch();
  const { time } = useFormats();
  const query = useQuery(minutesQuery(search));
  const currencies = query.data ? currenciesOf(query.data) : [];
  const currency = currencies.find((one) => one === search.currency) ?? currencies[0];
  return (
    <>
      <PageTitle text="Analytics" />
      <header className="page-head">
        <div>
          <h1>Analytics</h1>
          <p className="fine">
            What was paid, minute by minute
            {query.data && <span className="live as-of">as of {time(query.data.at)}</span>}
          </p>
        </div>
        <Choices hours={search.hours ?? 6} currencies={currencies} />
      </header>
      <h2>By the minute</h2>
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {(figures) => <Minutes figures={figures} currency={currency} />}
      </Await>
      <h2>By day and month</h2>
      <div className="chart-cards">
        {views.map(([view, title]) => (
          <ViewCard key={view} view={view} title={title} currency={search.currency ?? currency} />
        ))}
      </div>
    </>
  );
};
