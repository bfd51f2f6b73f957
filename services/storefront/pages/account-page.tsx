import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import { ordersQuery } from '../api/queries.ts';
import { sessionQuery } from '../api/session.ts';
import { useSessionChange } from '../api/session-change.ts';
import { shop } from '../api/shop.ts';
import { PageTitle } from '../components/page-title.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { Await } from '../components/states.tsx';
import { useBuyingMessages, useFormats, useMessages } from '../messages/language.tsx';

const Orders = () => {
  const messages = useBuyingMessages();
  const { products } = useMessages();
  const { money, date } = useFormats();
  const query = useInfiniteQuery(ordersQuery);
  return (
    <section>
      <h2>{messages.account.orders}</h2>
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {({ pages }) => {
          const orders = pages.flatMap(({ items }) => items);
          if (orders.length === 0) return <p className="fine">{messages.account.noOrders}</p>;
          return (
            <>
              <ul className="lines">
                {orders.map((order) => (
                  <li key={order.id} className="past-order">
                    <Link to="/orders/$id" params={{ id: order.id }}>
                      {date(order.createdAt)}
                    </Link>
                    <span>{messages.order.statuses[order.status]}</span>
                    <span className="line-price">{money(order.total)}</span>
                  </li>
                ))}
              </ul>
              {query.hasNextPage && (
                <button type="button" className="button quiet" onClick={() => void query.fetchNextPage()}>
                  {products.more}
                </button>
              )}
            </>
          );
        }}
      </Await>
    </section>
  );
};

const Shown = ({ user }: { readonly user: User }) => {
  const { account } = useBuyingMessages();
  const leave = useSessionChange<void>(async () => {
    await (await shop()).sessions.end();
    return null;
  });
  return (
    <div className="entry wide">
      <h1 dir="auto">{account.hello(user.name)}</h1>
      <p dir="auto">{user.email}</p>
      <Orders />
      <ProblemNotice problem={leave.error} />
      <button type="button" className="button quiet" onClick={() => leave.isPending || leave.mutate()}>
        {account.signOut}
      </button>
    </div>
  );
};

/** Who is signed in, and what was ordered. */
export const AccountPage = () => {
  const { account } = useBuyingMessages();
  const query = useQuery(sessionQuery);
  return (
    <>
      <PageTitle text={account.title} />
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {(user) => (user === null ? <Navigate to="/sign-in" replace /> : <Shown user={user} />)}
      </Await>
    </>
  );
};
