import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Order } from '../../contracts/http/order-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { PostalLines } from '../../site-kit/components/postal-lines.tsx';
import { Await, Missing } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { cartQuery, orderQuery, timelineQuery } from '../api/queries.ts';
import { shop } from '../api/shop.ts';
import { isUndecided, useWatchedOrder } from '../api/watch-order.ts';
import { OpenPayment } from '../components/checkout/open-payment.tsx';
import { OrderSteps } from '../components/order-steps.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';
import { useBuyingMessages } from '../messages/language.tsx';

const route = getRouteApi('/orders/$id');

/** Puts what was not paid back into the cart, and goes there to pay by another card. */
const RetryButton = ({ order }: { readonly order: Order }) => {
  const messages = useBuyingMessages();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const refill = useMutation({
    mutationFn: async () => {
      const { cart } = await shop();
      const held = new Set((await cart.show({ query: { after: order.id } })).items.map(({ productId }) => productId));
      for (const { productId, quantity } of order.items)
        if (!held.has(productId)) await cart.add({ body: { productId, quantity } });
      return cart.show();
    },
    onSuccess: async (cart) => {
      queries.setQueryData(cartQuery.queryKey, cart);
      await navigate({ to: '/checkout' });
    },
  });
  return (
    <>
      <button
        type="button"
        className="button"
        aria-disabled={refill.isPending}
        onClick={() => refill.isPending || refill.mutate()}
      >
        {messages.order.retry}
      </button>
      <ProblemNotice problem={refill.error} />
    </>
  );
};

const CancelButton = ({ id }: { readonly id: string }) => {
  const { order: messages } = useBuyingMessages();
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const cancel = useMutation({
    mutationFn: async () => (await (await shop()).orders.cancel({ params: { id } })).order,
    onSuccess: (order) => {
      queries.setQueryData(orderQuery(id).queryKey, order);
      return queries.invalidateQueries({ queryKey: timelineQuery(id).queryKey });
    },
  });
  if (!isAsking)
    return (
      <button type="button" className="text-button" onClick={() => setAsking(true)}>
        {messages.cancel}
      </button>
    );
  return (
    <div className="notice">
      <p>{messages.cancelAsk}</p>
      <p className="panel-actions">
        <button type="button" className="button quiet" onClick={() => cancel.isPending || cancel.mutate()}>
          {messages.cancel}
        </button>
        <button type="button" className="text-button" onClick={() => setAsking(false)}>
          {messages.cancelNo}
        </button>
      </p>
      <ProblemNotice problem={cancel.error} />
    </div>
  );
};

const Timeline = ({ id }: { readonly id: string }) => {
  const { order } = useBuyingMessages();
  const { date } = useFormats();
  const { data } = useQuery(timelineQuery(id));
  if (!data) return null;
  return (
    <section>
      <h2>{order.history}</h2>
      <ol className="timeline">
        {data.items.map(({ sequence, status, at, note }) => (
          <li key={sequence}>
            <span>{order.statuses[status]}</span>
            {note && (
              <span className="fine" dir="auto">
                {note}
              </span>
            )}
            <time dateTime={at} className="fine">
              {date(at)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  );
};

/** Reasons of a cancellation that nobody wanted. */
const givenUp = ['timed-out', 'reservation-expired'];

const Outcome = ({ order }: { readonly order: Order }) => {
  const { order: messages } = useBuyingMessages();
  if (order.status === 'payment-failed')
    return (
      <div className="notice bad" role="alert">
        <p>
          <strong>{messages.failures[order.payment.failure ?? ''] ?? messages.statuses['payment-failed']}</strong>{' '}
          {messages.nothingCharged}
        </p>
        <RetryButton order={order} />
      </div>
    );
  if (order.status === 'cancelled')
    return (
      <div className="notice">
        <p>{messages.reasons[order.cancellation?.reason ?? ''] ?? messages.statuses.cancelled}</p>
        {order.cancellation?.note && <p dir="auto">{order.cancellation.note}</p>}
        {givenUp.includes(order.cancellation?.reason ?? '') && <RetryButton order={order} />}
      </div>
    );
  return null;
};

const Goods = ({ order }: { readonly order: Order }) => {
  const messages = useBuyingMessages();
  const { money } = useFormats();
  const { captured, refunded } = order.payment;
  return (
    <aside className="summary">
      <dl className="sums">
        {order.items.map(({ productId, title, quantity, lineTotal }) => (
          <div key={productId}>
            <dt dir="auto">
              {quantity > 1 && <span className="times">{quantity} × </span>}
              {title}
            </dt>
            <dd>{money(lineTotal)}</dd>
          </div>
        ))}
        <div className="sum">
          <dt>{messages.cart.total}</dt>
          <dd>{money(order.total)}</dd>
        </div>
        {captured.amount > 0 && (
          <div>
            <dt>{messages.order.charged}</dt>
            <dd>{money(captured)}</dd>
          </div>
        )}
        {refunded.amount > 0 && (
          <div>
            <dt>{messages.order.returned}</dt>
            <dd>{money(refunded)}</dd>
          </div>
        )}
      </dl>
      <h2>{messages.order.to}</h2>
      <address>
        <PostalLines address={order.shippingAddress} />
      </address>
      {order.shipment && <p>{messages.order.tracking(order.shipment.carrier, order.shipment.trackingNumber)}</p>}
    </aside>
  );
};

const Shown = ({ order }: { readonly order: Order }) => {
  const messages = useBuyingMessages();
  const { date } = useFormats();
  const isMoving = isUndecided(order.status);
  const { isLive } = useWatchedOrder(order.id, isMoving);
  const isCancellable = isMoving || order.status === 'paid';
  return (
    <div className="cart">
      <div>
        <p className="quiet-link">{messages.order.from(date(order.createdAt))}</p>
        <h1 aria-live="polite">{messages.order.statuses[order.status]}</h1>
        <OrderSteps status={order.status} />
        <Outcome order={order} />
        {order.status === 'stock-reserved' && <OpenPayment id={order.id} />}
        {isMoving && (
          <p className={isLive ? 'fine live' : 'notice'} role="status">
            {isLive ? messages.order.live : messages.order.stale}
          </p>
        )}
        <p>{messages.order.mail(order.email)}</p>
        <Timeline id={order.id} />
        {isCancellable && <CancelButton id={order.id} />}
        <p className="fine">
          {messages.order.number(order.id)}{' '}
          <Link to="/chat" search={{ about: order.id }}>
            {messages.order.ask}
          </Link>
        </p>
      </div>
      <Goods order={order} />
    </div>
  );
};

/** One order, as it moves. */
export const OrderPage = () => {
  const { order: messages } = useBuyingMessages();
  const { id } = route.useParams();
  const query = useQuery(orderQuery(id));
  return (
    <>
      <PageTitle text={messages.title} />
      <Await
        query={query}
        skeleton={<span className="skeleton block" />}
        missing={<Missing title={messages.missing} text={messages.missingText} />}
      >
        {(order) => <Shown order={order} />}
      </Await>
    </>
  );
};
