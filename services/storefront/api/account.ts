/** What customers do with their account, beside signing in and out. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Address } from '../../contracts/http/postal-address.ts';
import { addressesQuery } from './queries.ts';
import { shop } from './shop.ts';

/** A change of the kept addresses, after which they are asked for anew. */
const useAddressChange = <Given>(change: (given: Given) => Promise<unknown>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: addressesQuery.queryKey }),
  });
};

/** Keeps one more address. */
export const useAddAddress = () =>
  useAddressChange(async (address: Address) => (await shop()).accounts.addAddress({ body: { address } }));

/** Makes an address the default. */
export const useDefaultAddress = () =>
  useAddressChange(async (id: string) =>
    (await shop()).accounts.changeAddress({ params: { id }, body: { isDefault: true } }),
  );

/** Forgets an address. */
export const useRemoveAddress = () =>
  useAddressChange(async (id: string) => (await shop()).accounts.removeAddress({ params: { id } }));

/** Orders of a page, and pages at most, in what a customer takes along: 10,000 orders are more than anybody has. */
const ordersOnce = 100;
const mostPages = 100;

/** Everything that the shop tells its reader about himself: what the account keeps, the cart and all orders. */
export const readOwnData = async () => {
  const { accounts, cart, orders } = await shop();
  const all = [];
  let cursor: string | null = null;
  for (let page = 0; page < mostPages && (page === 0 || cursor !== null); page += 1) {
    const asked: { readonly items: readonly unknown[]; readonly nextCursor: string | null } = await orders.list({
      query: { limit: ordersOnce, ...(cursor !== null && { cursor }) },
    });
    all.push(...asked.items);
    cursor = asked.nextCursor;
  }
  return { ...(await accounts.exportData()), cart: await cart.show(), orders: all };
};
