import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { orderAnswer } from '../../contracts/http/order-api.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { knownProduct } from '../testing/http-peer.ts';
import { type RunningGateway, startGateway } from '../testing/running-gateway.ts';

let gateway: RunningGateway;
let origin: string;
let headers: Record<string, string>;
beforeEach(async () => {
  gateway = await startGateway();
  origin = await gateway.http.listen({ host: '127.0.0.1', port: 0 });
  headers = (await gateway.users.signIn()).headers;
});
afterEach(() => gateway.stop());

const place = async () => {
  const answer = await gateway.http.inject({
    method: 'POST',
    url: '/api/v1/orders',
    headers: { ...headers, 'idempotency-key': 'watched-order' },
    payload: {
      shippingAddress: { street: 'Main Street 1', city: 'Springfield', zip: '97477', country: 'US' },
      payment: { method: 'card', token: 'tok_visa' },
      items: [{ productId: knownProduct, quantity: 1 }],
    },
  });
  return orderAnswer.parse(answer.json()).order.id;
};

/** Reads a stream as a browser would, over a real connection. */
const watch = async (id: string, more: Record<string, string> = {}) => {
  const leaving = new AbortController();
  const response = await fetch(`${origin}/api/v1/orders/${id}/events`, {
    headers: { ...headers, ...more },
    signal: leaving.signal,
  });
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const read = async () => {
    for await (const chunk of response.body ?? []) parser.feed(Buffer.from(chunk).toString());
  };
  return { response, events, over: read(), leave: () => leaving.abort() };
};
const told = (events: readonly EventSourceMessage[]) =>
  events.map(({ id, data }) => [id, orderAnswer.parse(JSON.parse(data)).order.status]);

describe('the events of an order', () => {
  it('tell every state with its sequence as id and end when the purchase is decided', async () => {
    const id = await place();
    const { response, events, over } = await watch(id);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await eventually(() => expect(told(events)).toEqual([['1', 'pending']]));
    gateway.orders.move(id, { status: 'stock-reserved' });
    await eventually(() => expect(events).toHaveLength(2));
    gateway.orders.move(id, { status: 'paid' });
    await over;
    expect(told(events)).toEqual([
      ['1', 'pending'],
      ['2', 'stock-reserved'],
      ['3', 'paid'],
    ]);
    expect(events.every(({ event }) => event === 'order')).toBe(true);
    expect(gateway.orders.openStreams()).toBe(0);
  });

  it('go on after Last-Event-ID, and with 204 when nothing is left to tell', async () => {
    const id = await place();
    gateway.orders.move(id, { status: 'stock-reserved' });
    const { events, over } = await watch(id, { 'last-event-id': '2' });
    gateway.orders.move(id, { status: 'payment-failed' });
    await over;
    expect(told(events)).toEqual([['3', 'payment-failed']]);
    expect((await watch(id, { 'last-event-id': '3' })).response.status).toBe(204);
    expect((await watch(id, { 'last-event-id': 'latest' })).response.status).toBe(400);
  });

  it('survive a restart of the order service without a repeated or a missing state', async () => {
    const id = await place();
    const { events, over } = await watch(id);
    await eventually(() => expect(events).toHaveLength(1));
    gateway.orders.breakStreams();
    gateway.orders.move(id, { status: 'stock-reserved' });
    await eventually(() => expect(events).toHaveLength(2));
    gateway.orders.breakStreams();
    gateway.orders.move(id, { status: 'cancelled', cancellation: { reason: 'out-of-stock' } });
    await over;
    expect(told(events)).toEqual([
      ['1', 'pending'],
      ['2', 'stock-reserved'],
      ['3', 'cancelled'],
    ]);
  });

  it('stop being asked for when the client goes away', async () => {
    const id = await place();
    const { events, over, leave } = await watch(id);
    await eventually(() => expect(events).toHaveLength(1));
    expect(gateway.orders.openStreams()).toBe(1);
    leave();
    await expect(over).rejects.toThrow();
    await eventually(() => expect(gateway.orders.openStreams()).toBe(0));
  });

  it('end when the gateway shuts down', async () => {
    const id = await place();
    const { events, over } = await watch(id);
    await eventually(() => expect(events).toHaveLength(1));
    gateway.beginShutdown();
    await over;
    await eventually(() => expect(gateway.orders.openStreams()).toBe(0));
  });
});
