/** People in a running shop who talk to its assistant. */
import { randomUUID } from 'node:crypto';
import { createShopClient, type ShopClient } from '../../contracts/http/client.ts';
import { type Order, settledStatuses } from '../../contracts/http/order-api.ts';
import { eventually } from '../../kit/testing/condition.ts';
import type { Ask } from './evaluation.ts';

export type Customer = {
  readonly api: ShopClient;
  readonly id: string;
  readonly email: string;
  readonly token: string;
};

/** A new account, signed in. */
export const newCustomer = async (gateway: string): Promise<Customer> => {
  const email = `${randomUUID()}@customers.example`;
  const body = { email, password: 'a password that nobody guesses', name: 'Robin' };
  const { user, accessToken } = await createShopClient({ baseUrl: gateway }).accounts.register({ body });
  return {
    id: user.id,
    email,
    token: accessToken,
    api: createShopClient({ baseUrl: gateway, token: accessToken, deadlineMs: 60_000 }),
  };
};

/** Buys one film by its title, and waits until the purchase is decided. */
export const buy = async ({ api }: Pick<Customer, 'api'>, title: string, street = '1 Long Road'): Promise<Order> => {
  const { items } = await api.products.list({ query: { q: title } });
  const productId = items.find((product) => product.title === title)?.id ?? '';
  const { body } = await api.orders.place({
    headers: { 'idempotency-key': randomUUID() },
    body: {
      shippingAddress: { street, city: 'Springfield', zip: '12345', country: 'US' },
      payment: { method: 'card', token: 'tok_visa' },
      items: [{ productId, quantity: 1 }],
    },
  });
  return eventually(async () => {
    const { order } = await api.orders.find({ params: { id: body.order.id } });
    if (!settledStatuses.includes(order.status)) throw new Error(`${order.id} is ${order.status}`);
    return order;
  });
};

/** Messages of a conversation before another is begun; it takes forty. */
const mostMessages = 30;

/** Asks the assistant as this customer, in as many conversations as it takes. */
export const askerOf = ({ assistant }: Pick<ShopClient, 'assistant'>, at: 'answers' | 'agent' = 'answers'): Ask => {
  const begin = at === 'answers' ? assistant.start : assistant.startAgent;
  const send = at === 'answers' ? assistant.message : assistant.messageAgent;
  let conversationId: string | undefined;
  let sent = 0;
  return async (message) => {
    if (conversationId === undefined || sent % mostMessages === 0)
      conversationId = (await begin({ body: {} })).conversationId;
    sent += 1;
    return (await send({ body: { conversationId, message } })).answer;
  };
};
