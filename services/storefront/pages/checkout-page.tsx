import { onlineManager, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { ApiProblem } from '../../contracts/http/ask.ts';
import type { Cart } from '../../contracts/http/cart-api.ts';
import { useReader } from '../../site-kit/api/session.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { beginAttempt, openAttempt, type PaymentAttempt, sendAttempt } from '../api/payment-attempt.ts';
import { cartQuery, orderQuery, readCartNow } from '../api/queries.ts';
import { CheckoutForm } from '../components/checkout/checkout-form.tsx';
import { isUnknown } from '../components/checkout/checkout-problem.tsx';
import { OrderSummary } from '../components/checkout/order-summary.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';

/** Sends attempts one at a time, and goes to the order that one becomes. */
const usePurchase = () => {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (attempt: PaymentAttempt) => sendAttempt(attempt),
    onSuccess: async (order) => {
      queries.setQueryData(orderQuery(order.id).queryKey, order);
      // The form has done its work: going back leads to the cart, and not to paying once more.
      await navigate({ to: '/orders/$id', params: { id: order.id }, replace: true });
      await queries.invalidateQueries({ queryKey: cartQuery.queryKey });
    },
    onError: () => readCartNow(queries),
  });
};

type Purchasing = ReturnType<typeof usePurchase>;

/** Why nobody knows, where that says when it is worth asking again: nobody is connected, or the shop asks to wait. */
const isToWait = (problem: unknown) =>
  problem instanceof ApiProblem ? problem.status === 429 : !onlineManager.isOnline();

/** An attempt whose outcome is not known: nothing else is done until it is. */
const Unfinished = ({ attempt, purchase }: { readonly attempt: PaymentAttempt; readonly purchase: Purchasing }) => {
  const { checkout } = useBuyingMessages();
  if (!purchase.isError) return <Panel title={checkout.resuming} text={checkout.resumingText} />;
  return (
    <Panel title={checkout.unknown} text={checkout.unknownText}>
      {isToWait(purchase.error) && <ProblemNotice problem={purchase.error} />}
      <button type="button" className="button" onClick={() => purchase.mutate(attempt)}>
        {checkout.again}
      </button>
    </Panel>
  );
};

const Buying = ({ cart, purchase }: { readonly cart: Cart; readonly purchase: Purchasing }) => {
  const { checkout } = useBuyingMessages();
  const reader = useReader();
  return (
    <div className="cart">
      <div>
        <h1>{checkout.title}</h1>
        <CheckoutForm
          total={cart.total}
          email={reader?.email}
          isPaying={purchase.isPending}
          problem={purchase.error}
          onPay={(given) => {
            if (purchase.isPending || !cart.total) return;
            const seen = { cartVersion: cart.version, expectedTotal: cart.total };
            purchase.mutate(beginAttempt({ ...given, ...seen }));
          }}
        />
      </div>
      <OrderSummary cart={cart} />
    </div>
  );
};

/** Paying: address, card, and one request that is never sent as two. */
export const CheckoutPage = () => {
  const { cart, checkout } = useBuyingMessages();
  const { home } = useMessages();
  const purchase = usePurchase();
  const { mutate } = purchase;
  const left = useRef(openAttempt());
  const query = useQuery({ ...cartQuery, refetchOnMount: 'always' });
  useEffect(() => {
    if (left.current) mutate(left.current);
  }, [mutate]);
  const open = openAttempt();
  if (open && (left.current || isUnknown(purchase.error))) return <Unfinished attempt={open} purchase={purchase} />;
  return (
    <>
      <PageTitle text={checkout.title} />
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {(known) =>
          known.items.length === 0 ? (
            <Panel title={cart.empty} text={cart.emptyText}>
              <Link to="/products" className="button">
                {home.browse}
              </Link>
            </Panel>
          ) : (
            <Buying cart={known} purchase={purchase} />
          )
        }
      </Await>
    </>
  );
};
