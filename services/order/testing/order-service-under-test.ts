/** The whole order service for the tests of one file, and its HTTP door as they use it. */
import { afterAll, beforeAll, expect } from '@jest/globals';
import type { Order } from '../../contracts/http/order-api.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { anAddress } from './order-fixtures.ts';
import { startOrderService, type TestOrderService } from './running-order-service.ts';

export type Headers = Record<string, string>;

/** Starts the service before the tests of the file and stops it after them; `service` and `staff` are there in between. */
export const orderServiceUnderTest = () => {
  let service: TestOrderService;
  let staff: Headers;
  beforeAll(async () => {
    service = await startOrderService();
    staff = await service.staff();
  });
  afterAll(() => service?.stop());

  const newKey = () => systemIds.next('evt');
  const call = (method: 'GET' | 'POST', url: string, headers: Headers, payload?: unknown) =>
    service.http.inject({ method, url, headers, ...(payload !== undefined && { payload: payload as object }) });
  /** One unit of a new product, paid with a good card. */
  const bodyFor = (parts: Record<string, unknown> = {}) => ({
    shippingAddress: anAddress,
    payment: { method: 'card', token: 'tok_visa' },
    items: [{ productId: service.offer(), quantity: 1 }],
    ...parts,
  });
  const post = (headers: Headers, body: unknown = bodyFor(), key = newKey()) =>
    call('POST', '/orders', { 'idempotency-key': key, ...headers }, body);
  const read = async (id: string, headers = staff): Promise<Order> =>
    (await call('GET', `/orders/${id}`, headers)).json().order;

  return {
    get service() {
      return service;
    },
    get staff() {
      return staff;
    },
    newKey,
    call,
    bodyFor,
    post,
    read,
    /** Places an order that must be accepted. */
    place: async (headers: Headers, body?: unknown): Promise<Order> => {
      const answer = await post(headers, body);
      expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
      return answer.json().order;
    },
    /** Waits until an order has a status. */
    reaches: (id: string, status: string) =>
      eventually(async () => expect((await read(id)).status).toBe(status), { everyMs: 100 }),
  };
};
