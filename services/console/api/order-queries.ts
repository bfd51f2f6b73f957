/** What pages read of orders. */
import { queryOptions } from '@tanstack/react-query';
import type { Order, OrderStatus } from '../../contracts/http/order-api.ts';
import { cursorPages } from '../../site-kit/api/cursor-pages.ts';
import { orderStates } from '../messages/order-states.ts';
import { shop } from './shop.ts';

/** Milliseconds between two looks at an order that moves by itself. */
const lookAgainMs = 2_000;

/** A list of orders as the address spells it: what is not understood counts as not said. */
export type OrderSearch = { readonly status?: OrderStatus };
export const orderSearchOf = ({ status }: Record<string, unknown>): OrderSearch => {
  const known = orderStates.find((one) => one === status);
  return known === undefined ? {} : { status: known };
};

/** Everybody's orders, newest first. */
export const orderPagesQuery = ({ status }: OrderSearch) =>
  cursorPages({
    queryKey: ['orders', 'pages', status],
    ask: async (page, options) =>
      (await shop()).orders.list(
        {
          query: {
            ...page,
            ...(status !== undefined && { status }),
          },
        },
        options,
      ),
  });

/** Milliseconds after a change in which the next may follow without anybody's doing: the purchase, or money that is on its way back. */
const movesForMs = 30_000;
const isMoving = (order: Order | undefined) =>
  order !== undefined &&
  (order.status === 'pending' ||
    order.status === 'stock-reserved' ||
    Date.now() - Date.parse(order.updatedAt) < movesForMs);

export const orderQuery = (id: string) =>
  queryOptions({
    queryKey: ['orders', 'one', id],
    queryFn: async ({ signal }) => (await (await shop()).orders.find({ params: { id } }, { signal })).order,
    refetchInterval: ({ state }) => isMoving(state.data) && lookAgainMs,
  });

/** What happened to an order up to one of its changes, so that a new one is asked for anew. */
export const timelineQuery = ({ id, updatedAt }: Pick<Order, 'id' | 'updatedAt'>) =>
  queryOptions({
    queryKey: ['orders', 'timeline', id, updatedAt],
    queryFn: async ({ signal }) => (await shop()).orders.timeline({ params: { id } }, { signal }),
  });

/** The payment of an order, as our books have it at that change of the order. */
export const paymentQuery = (id: string, updatedAt: string) =>
  queryOptions({
    queryKey: ['payments', id, updatedAt],
    queryFn: async ({ signal }) => (await (await shop()).payments.find({ params: { id } }, { signal })).payment,
  });
