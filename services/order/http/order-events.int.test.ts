import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { orderAnswer, settledStatuses } from '../../contracts/http/order-api.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { startOrderService, type TestOrderService } from '../testing/running-order-service.ts';

let service: TestOrderService;
let origin: string;
beforeAll(async () => {
  service = await startOrderService();
  origin = await service.http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => service?.stop());

type Headers = Record<string, string>;
let keys = 0;

const place = async (headers: Headers, token = 'tok_visa'): Promise<string> => {
  keys += 1;
  const answer = await service.http.inject({
    method: 'POST',
    url: '/orders',
    headers: { ...headers, 'idempotency-key': `watched-${keys}` },
    payload: {
      shippingAddress: { street: '1 Long Road', city: 'Springfield', zip: '12345', country: 'US' },
      payment: { method: 'card', token },
      items: [{ productId: service.offer(), quantity: 1 }],
    },
  });
  return orderAnswer.parse(answer.json()).order.id;
};

/** Reads a stream over a real connection, as a browser would. */
const watch = async (id: string, headers: Headers) => {
  const leaving = new AbortController();
  const response = await fetch(`${origin}/orders/${id}/events`, { headers, signal: leaving.signal });
  const events: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => events.push(event) });
  const read = async () => {
    for await (const chunk of response.body ?? []) parser.feed(Buffer.from(chunk).toString());
  };
  return { response, events, over: read(), leave: () => leaving.abort() };
};

const statusesIn = (events: readonly EventSourceMessage[]) =>
  events.map(({ data }) => orderAnswer.parse(JSON.parse(data)).order.status);

describe('the events of an order at its own door', () => {
  test('tell the order in rising sequences until the purchase is decided, and then end', async () => {
    const customer = await service.customer();
    const { response, events, over } = await watch(await place(customer), customer);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await over;
    const statuses = statusesIn(events);
    expect(statuses.at(-1)).toBe('paid');
    expect(statuses.slice(0, -1).filter((status) => settledStatuses.includes(status))).toEqual([]);
    const sequences = events.map(({ id }) => Number(id));
    expect(sequences).toEqual(sequences.toSorted((one, two) => one - two));
    expect(new Set(sequences).size).toBe(sequences.length);
  });

  test('go on after Last-Event-ID, and are 204 when nothing is left to tell', async () => {
    const customer = await service.customer();
    const id = await place(customer);
    const { events, over } = await watch(id, customer);
    await over;
    const last = String(events.at(-1)?.id);
    const again = await watch(id, { ...customer, 'last-event-id': String(Number(last) - 1) });
    await again.over;
    expect(again.events.map((event) => event.id)).toEqual([last]);
    expect((await watch(id, { ...customer, 'last-event-id': last })).response.status).toBe(204);
    expect((await watch(id, { ...customer, 'last-event-id': 'latest' })).response.status).toBe(400);
  });

  test('are for the owner and staff alone', async () => {
    const guest = service.guest();
    const customer = await service.customer();
    const id = await place(customer);
    expect((await watch(id, guest)).response.status).toBe(404);
    expect((await watch(id, await service.customer())).response.status).toBe(404);
    expect((await watch(id, {})).response.status).toBe(401);
    const seenByStaff = await watch(id, await service.staff());
    await seenByStaff.over;
    await eventually(() => expect(statusesIn(seenByStaff.events).at(-1)).toBe('paid'));
  });
});
