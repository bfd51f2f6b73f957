import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { driftKinds, driftRepairs } from '../../contracts/http/drifts.ts';
import type { Drift, Reconciliation } from '../../contracts/http/reconciliation-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { driftPagesQuery, reconciliationQuery } from '../api/book-queries.ts';
import { Empty } from '../components/empty.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { ReconciliationState } from '../components/reconciliation-state.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';

const route = getRouteApi('/books/$id');

const outcomes = {
  found: 'not repaired: nobody asked for it',
  repaired: 'repaired',
  left: 'left to a person',
} as const;

/** A newer shop may know kinds and repairs that this page does not. */
const wordOf = <Words,>(words: Readonly<Record<string, Words>>, key: string | null): Words | undefined =>
  key === null ? undefined : words[key];

const About = ({ drift: { orderId, productId, paymentId } }: { readonly drift: Drift }) => (
  <p className="links">
    {orderId && (
      <Link to="/orders/$id" params={{ id: orderId }} className="id">
        {orderId}
      </Link>
    )}
    {productId && (
      <Link to="/stock/$id" params={{ id: productId }} className="id">
        {productId}
      </Link>
    )}
    {paymentId && <span className="id">{paymentId}</span>}
  </p>
);

const DriftCard = ({ drift }: { readonly drift: Drift }) => {
  const kind = wordOf<{ readonly means: string; readonly byHand: string }>(driftKinds, drift.kind);
  const repair = wordOf<string>(driftRepairs, drift.repair);
  return (
    <li className="card-panel">
      <h3>
        <span className={`state ${drift.outcome === 'repaired' ? 'good' : 'bad'}`}>
          {drift.kind.replaceAll('-', ' ')}
        </span>
      </h3>
      <p>{kind?.means ?? 'This console is older than the shop and does not know this kind.'}</p>
      <p className="fine">{drift.detail}</p>
      <About drift={drift} />
      <dl className="facts">
        <div>
          <dt>Remedy</dt>
          <dd>{repair ?? kind?.byHand ?? 'look at it by hand'}</dd>
        </div>
        <div>
          <dt>Outcome</dt>
          <dd>{outcomes[drift.outcome]}</dd>
        </div>
        {drift.outcome === 'left' && repair && kind && (
          <div>
            <dt>By hand</dt>
            <dd>{kind.byHand}</dd>
          </div>
        )}
      </dl>
    </li>
  );
};

const Drifts = ({ reconciliation: { id, drifts, status } }: { readonly reconciliation: Reconciliation }) => {
  const query = useInfiniteQuery(driftPagesQuery(id, drifts));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ pages }) => {
        const items = pages.flatMap((page) => page.items);
        if (items.length === 0)
          return (
            <Empty
              title={status === 'running' ? 'No drift so far' : 'Everything agrees'}
              text={status === 'running' ? 'The comparison is still under way.' : 'There is nothing to do.'}
            />
          );
        return (
          <>
            <ol className="cards">
              {items.map((drift) => (
                <DriftCard key={drift.number} drift={drift} />
              ))}
            </ol>
            <MoreRows query={query} shown={items.length} />
          </>
        );
      }}
    </Await>
  );
};

const Shown = ({ reconciliation }: { readonly reconciliation: Reconciliation }) => {
  const { date, number } = useFormats();
  const { compared, underWay, since, startedAt, finishedAt } = reconciliation;
  const counts = [
    ['Orders', compared.orders],
    ['Payments', compared.payments],
    ['Reservations', compared.reservations],
    ['Products', compared.products],
    ['Under way', underWay],
    ['Drifts', reconciliation.drifts],
    ['Repaired', reconciliation.repaired],
  ] as const;
  return (
    <>
      <header className="page-head">
        <div>
          <h1 aria-live="polite">
            <ReconciliationState reconciliation={reconciliation} />
          </h1>
          <p className="fine">
            Begun {date(startedAt)}, of what happened since {date(since)}
            {finishedAt && `, ended ${date(finishedAt)}`}
          </p>
        </div>
      </header>
      <dl className="figures">
        {counts.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{number(count)}</dd>
          </div>
        ))}
      </dl>
      <h2>Drifts</h2>
      <Drifts reconciliation={reconciliation} />
    </>
  );
};

/** One reconciliation: what was compared, and what differs. */
export const BookPage = () => {
  const { id } = route.useParams();
  const query = useQuery(reconciliationQuery(id));
  return (
    <>
      <PageTitle text="Comparison of the books" />
      <Await
        query={query}
        skeleton={<span className="skeleton block" />}
        missing={
          <Panel title="There is no such comparison" text={`${id} is not known.`}>
            <Link to="/books" className="button">
              To the books
            </Link>
          </Panel>
        }
      >
        {(reconciliation) => <Shown reconciliation={reconciliation} />}
      </Await>
    </>
  );
};
