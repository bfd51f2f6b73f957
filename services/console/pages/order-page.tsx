import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Order } from '../../contracts/http/order-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { PostalLines } from '../../site-kit/components/postal-lines.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { orderQuery, paymentQuery, timelineQuery } from '../api/order-queries.ts';
import { OrderActs } from '../components/order-acts.tsx';
import { OrderState } from '../components/order-state.tsx';
import { Table } from '../components/table.tsx';

const route = getRouteApi('/orders/$id');

const Goods = ({ order }: { readonly order: Order }) => {
  const { money } = useFormats();
  return (
    <section>
      <h2>Goods</h2>
      <Table
        label="Goods"
        columns={[
          'Product',
          { name: 'Units', isNumber: true },
          { name: 'Each', isNumber: true },
          { name: 'Sum', isNumber: true },
        ]}
        foot={
          <tr>
            <th scope="row" colSpan={3}>
              Total
            </th>
            <td className="number">{money(order.total)}</td>
          </tr>
        }
      >
        {order.items.map(({ productId, title, quantity, unitPrice, lineTotal }) => (
          <tr key={productId}>
            <th scope="row">
              <Link to="/stock/$id" params={{ id: productId }} dir="auto">
                {title}
              </Link>
            </th>
            <td className="number">{quantity}</td>
            <td className="number">{money(unitPrice)}</td>
            <td className="number">{money(lineTotal)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
};

/** Event types as people read them: `order.payment-captured.v1` is "payment captured". */
const eventName = (type: string) =>
  type
    .replace(/^\w+\./, '')
    .replace(/\.v\d+$/, '')
    .replaceAll('-', ' ');

const Timeline = ({ order }: { readonly order: Order }) => {
  const { date } = useFormats();
  const query = useQuery(timelineQuery(order));
  return (
    <section>
      <h2>What happened</h2>
      <Await query={query} skeleton={<span className="skeleton block" />}>
        {({ items }) => (
          <ol className="timeline">
            {items.map(({ sequence, type, status, at, note }) => (
              <li key={sequence}>
                <span className="timeline-what">
                  {eventName(type)} <OrderState status={status} />
                  {note && (
                    <span className="fine" dir="auto">
                      {note}
                    </span>
                  )}
                </span>
                <time dateTime={at} className="fine">
                  {date(at)}
                </time>
              </li>
            ))}
          </ol>
        )}
      </Await>
    </section>
  );
};

const PaymentParts = ({ id, updatedAt }: { readonly id: string; readonly updatedAt: string }) => {
  const { money, date } = useFormats();
  const query = useQuery(paymentQuery(id, updatedAt));
  return (
    <Await query={query} skeleton={<span className="skeleton block" />}>
      {({ status, amount, refunds }) => (
        <>
          <dl className="facts">
            <div>
              <dt>Payment</dt>
              <dd className="id">{id}</dd>
            </div>
            <div>
              <dt>In the books</dt>
              <dd>
                {status}, {money(amount)}
              </dd>
            </div>
          </dl>
          {refunds.length > 0 && (
            <ol className="timeline">
              {refunds.map((refund) => (
                <li key={refund.id}>
                  <span>
                    {money(refund.amount)} back: <span dir="auto">{refund.reason}</span>
                  </span>
                  <time dateTime={refund.createdAt} className="fine">
                    {date(refund.createdAt)}
                  </time>
                </li>
              ))}
            </ol>
          )}
        </>
      )}
    </Await>
  );
};

const Money = ({ order: { payment, updatedAt } }: { readonly order: Order }) => {
  const { money } = useFormats();
  return (
    <section>
      <h2>Money</h2>
      <dl className="facts">
        <div>
          <dt>Charged</dt>
          <dd>{money(payment.captured)}</dd>
        </div>
        <div>
          <dt>Given back</dt>
          <dd>{money(payment.refunded)}</dd>
        </div>
        {payment.failure && (
          <div>
            <dt>Not taken</dt>
            <dd>{payment.failure}</dd>
          </div>
        )}
      </dl>
      {payment.paymentId && <PaymentParts id={payment.paymentId} updatedAt={updatedAt} />}
    </section>
  );
};

const Shown = ({ order }: { readonly order: Order }) => {
  const { date } = useFormats();
  return (
    <>
      <header className="page-head">
        <div>
          <p className="id fine">{order.id}</p>
          <h1 aria-live="polite">
            <OrderState status={order.status} />
          </h1>
          <p className="fine">
            Placed {date(order.createdAt)}, changed {date(order.updatedAt)}
          </p>
        </div>
        <OrderActs order={order} />
      </header>
      {order.cancellation && (
        <p className="notice" dir="auto">
          {order.cancellation.reason.replaceAll('-', ' ')}
          {order.cancellation.note && `: ${order.cancellation.note}`}
        </p>
      )}
      <div className="columns">
        <div>
          <Goods order={order} />
          <Timeline order={order} />
        </div>
        <div>
          <Money order={order} />
          <section>
            <h2>Goes to</h2>
            <address>
              <PostalLines address={order.shippingAddress} />
            </address>
            <p dir="auto">{order.email}</p>
            {order.shipment && (
              <p>
                {order.shipment.carrier}, <span className="id">{order.shipment.trackingNumber}</span>
              </p>
            )}
          </section>
        </div>
      </div>
    </>
  );
};

/** One order, and what staff do with it. */
export const OrderPage = () => {
  const { id } = route.useParams();
  const query = useQuery(orderQuery(id));
  return (
    <>
      <PageTitle text={`Order ${id}`} />
      <Await
        query={query}
        skeleton={<span className="skeleton block" />}
        missing={
          <Panel title="There is no such order" text={`${id} is not the number of an order of this shop.`}>
            <Link to="/orders" className="button">
              To the orders
            </Link>
          </Panel>
        }
      >
        {(order) => <Shown order={order} />}
      </Await>
    </>
  );
};
