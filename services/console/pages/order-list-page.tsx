import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { Order, OrderStatus } from '../../contracts/http/order-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await } from '../../site-kit/components/states.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { orderPagesQuery } from '../api/order-queries.ts';
import { Empty } from '../components/empty.tsx';
import { MoreRows } from '../components/more-rows.tsx';
import { OrderState } from '../components/order-state.tsx';
import { RowSkeletons } from '../components/row-skeletons.tsx';
import { SearchForm } from '../components/search-form.tsx';
import { Table } from '../components/table.tsx';
import { orderStates, stateNames } from '../messages/order-states.ts';

const route = getRouteApi('/orders');

const StatusChoice = () => {
  const { status } = route.useSearch();
  const navigate = useNavigate();
  return (
    <label>
      <span>State</span>
      <select
        value={status ?? ''}
        onChange={({ target: { value } }) =>
          void navigate({ to: '/orders', search: value === '' ? {} : { status: value as OrderStatus } })
        }
      >
        <option value="">Every state</option>
        {orderStates.map((one) => (
          <option key={one} value={one}>
            {stateNames[one]}
          </option>
        ))}
      </select>
    </label>
  );
};

const Row = ({ order }: { readonly order: Order }) => {
  const { money, date } = useFormats();
  const units = order.items.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    <tr>
      <th scope="row">
        <Link to="/orders/$id" params={{ id: order.id }} className="id">
          {order.id}
        </Link>
      </th>
      <td>
        <OrderState status={order.status} />
      </td>
      <td>
        <time dateTime={order.createdAt}>{date(order.createdAt)}</time>
      </td>
      <td dir="auto">{order.email}</td>
      <td className="number">{units}</td>
      <td className="number">{money(order.total)}</td>
    </tr>
  );
};

/** Everybody's orders, newest first. */
export const OrderListPage = () => {
  const search = route.useSearch();
  const navigate = useNavigate();
  const query = useInfiniteQuery(orderPagesQuery(search));
  return (
    <>
      <PageTitle text="Orders" />
      <header className="page-head">
        <h1>Orders</h1>
        <div className="filters">
          <StatusChoice />
          <SearchForm
            label="Order number"
            placeholder="ord_…"
            maxLength={40}
            onSearch={(id) => void (id !== '' && navigate({ to: '/orders/$id', params: { id } }))}
          />
        </div>
      </header>
      <Await query={query} skeleton={<RowSkeletons />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return search.status === undefined ? (
              <Empty title="No orders yet" text="The first one appears here as soon as somebody buys." />
            ) : (
              <Empty title={`No order is ${stateNames[search.status].toLowerCase()}`} text="Others may be.">
                <Link to="/orders" search={{}} className="button quiet">
                  Show every state
                </Link>
              </Empty>
            );
          return (
            <>
              <Table
                label="Orders"
                columns={[
                  'Order',
                  'State',
                  'Placed',
                  'Customer',
                  { name: 'Units', isNumber: true },
                  { name: 'Total', isNumber: true },
                ]}
              >
                {items.map((order) => (
                  <Row key={order.id} order={order} />
                ))}
              </Table>
              <MoreRows query={query} shown={items.length} />
            </>
          );
        }}
      </Await>
    </>
  );
};
