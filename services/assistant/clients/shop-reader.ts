/** The shop as one caller may see it: its public doors, and his own orders by his own token or session. Nothing here writes. */
import { addressOf } from '../../contracts/http/address-of.ts';
import { categoriesAnswer, type Product } from '../../contracts/http/catalogue/product-api.ts';
import { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import { productPage } from '../../contracts/http/catalogue/product-search-api.ts';
import { type Order, orderAnswer, orderPage } from '../../contracts/http/order-api.ts';
import { orderDoors } from '../../contracts/http/order-doors.ts';
import type { HttpClient } from '../../kit/http/http-client.ts';
import { Refusal } from '../../kit/values/refusal.ts';
import type { ProductSearch } from '../domain/question.ts';

/** What shows who calls: his own token, or the session of a guest. */
export type Credentials = { readonly authorization?: string; readonly sessionId?: string };

export type Category = { readonly name: string; readonly products: number };

export type ShopReader = {
  /** Products that match, ten at most; `isGuess` where only similar words were found. */
  search(search: ProductSearch): Promise<{ readonly items: readonly Product[]; readonly isGuess: boolean }>;
  categories(): Promise<readonly Category[]>;
  /** The newest ten orders of the caller. */
  ownOrders(): Promise<readonly Order[]>;
  /** An order of the caller; undefined where there is none of this id, or it is somebody else's. */
  ownOrder(id: string): Promise<Order | undefined>;
};

const mostProducts = 10;
const mostOrders = 10;

const headersOf = ({ authorization, sessionId }: Credentials): Record<string, string> => ({
  ...(authorization !== undefined && { authorization }),
  ...(sessionId !== undefined && { 'x-session-id': sessionId }),
});

/** Reads for any caller over the doors of the catalogue and of orders. */
export const createShopReaders = ({
  products,
  orders,
}: {
  readonly products: HttpClient;
  readonly orders: HttpClient;
}) => {
  const get = async (client: HttpClient, path: string, headers: Record<string, string> = {}) =>
    (await client.request({ method: 'GET', path, headers })).body;
  return (credentials: Credentials): ShopReader => {
    const headers = headersOf(credentials);
    return {
      search: async (search) => {
        const query = { ...search, limit: mostProducts };
        return productPage.parse(await get(products, addressOf(productDoors.list, { query })));
      },
      categories: async () => categoriesAnswer.parse(await get(products, addressOf(productDoors.categories, {}))).items,
      ownOrders: async () =>
        orderPage.parse(await get(orders, addressOf(orderDoors.list, { query: { limit: mostOrders } }), headers)).items,
      ownOrder: async (id) => {
        try {
          const path = addressOf(orderDoors.find, { params: { id } });
          return orderAnswer.parse(await get(orders, path, headers)).order;
        } catch (problem) {
          if (problem instanceof Refusal && problem.code === 'order.unknown') return undefined;
          throw problem;
        }
      },
    };
  };
};
