import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import type { User } from '../../contracts/http/accounts/auth-api.ts';
import { sessionQuery, sessions } from '../../site-kit/api/session.ts';
import { useSessionChange } from '../../site-kit/api/session-change.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { forgetWhoLeft } from '../api/forget-reader.ts';
import { ordersQuery } from '../api/queries.ts';
import { shop } from '../api/shop.ts';
import { AccountAddresses } from '../components/account/account-addresses.tsx';
import { AccountData } from '../components/account/account-data.tsx';
import { AccountReminders } from '../components/account/account-reminders.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

const Orders = () => {
  const messages = useBuyingMessages();
  const { products } = useMessages();
  const { money, date } = useFormats();
  const query = useInfiniteQuery(ordersQuery);
  return (
    <section className="account-part">
      <h2>{messages.account.orders}</h2>
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {({ pages }) => {
          const orders = pages.flatMap(({ items }) => items);
          if (orders.length === 0) return <p className="fine">{messages.account.noOrders}</p>;
          return (
            <>
              <ul>
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

/** Until the owner of the mailbox has shown that the address is his. */
const Unproved = () => {
  const { account } = useBuyingMessages();
  const again = useMutation({ mutationFn: async () => (await shop()).accounts.requestVerification() });
  return (
    <div className="notice" role="status">
      <p>{again.isSuccess ? account.verifyMailed : account.verifyAsk}</p>
      {!again.isSuccess && (
        <button type="button" className="text-button" onClick={() => again.isPending || again.mutate()}>
          {account.mailLinkAgain}
        </button>
      )}
      <ProblemNotice problem={again.error} />
    </div>
  );
};

const Shown = ({ user }: { readonly user: User }) => {
  const { account } = useBuyingMessages();
  const leave = useSessionChange(async (everywhere: boolean) => {
    if (everywhere) await (await shop()).accounts.logOutEverywhere();
    // Also where its session has ended already: the cookies go.
    await (await sessions()).end();
    return null;
  }, forgetWhoLeft);
  return (
    <div className="entry wide">
      <h1 dir="auto">{account.hello(user.name)}</h1>
      <p dir="auto">{user.email}</p>
      {!user.emailVerified && <Unproved />}
      <Orders />
      <AccountAddresses />
      <AccountReminders user={user} />
      <AccountData />
      <ProblemNotice problem={leave.error} />
      <p className="line-actions">
        <button type="button" className="button quiet" onClick={() => leave.isPending || leave.mutate(false)}>
          {account.signOut}
        </button>
        <button type="button" className="text-button" onClick={() => leave.isPending || leave.mutate(true)}>
          {account.signOutEverywhere}
        </button>
      </p>
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
