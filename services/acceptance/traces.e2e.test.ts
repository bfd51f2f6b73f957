import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Product } from '../contracts/http/product-api.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../kit/testing/traces/otlp-receiver.ts';
import { createVisitor, signIn } from './testing/customer.ts';
import { type RunningPlatform, startPlatform } from './testing/running-platform.ts';

let receiver: OtlpReceiver;
let platform: RunningPlatform;
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  platform = await startPlatform({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint });
});
afterAll(async () => {
  await platform?.stop();
  await receiver?.close();
});

/** Hops of one purchase: who does what, at whose word. Parts such as single statements come beside them. */
const hops = [
  'api-gateway POST /api/v1/cart/items < browser',
  'cart POST /cart/items < api-gateway POST cart',
  'cart ProductService/GetProducts < cart POST /cart/items',
  'product ProductService/GetProducts < cart ProductService/GetProducts',
  'cart transaction < cart POST /cart/items',
  'cart job process-cart < cart transaction',
  'api-gateway POST /api/v1/orders < browser',
  'order OrderService/PlaceOrder < api-gateway OrderService/PlaceOrder',
  'order work after a commit < order OrderService/PlaceOrder',
  'product ProductService/ReserveStock < order ProductService/ReserveStock',
  'payment PaymentService/Authorise < order PaymentService/Authorise',
  'order send order.placed.v1 < order OrderService/PlaceOrder',
  'cart process order.placed.v1 < order OrderService/PlaceOrder',
  'ledger process order.placed.v1 < order OrderService/PlaceOrder',
  'order send order.paid.v1 < order work after a commit',
  'notification process order.paid.v1 < order work after a commit',
  'notification send mail < notification process order.paid.v1',
];

test('a purchase is one trace from the browser to the mail: every hop, and none without the one that it follows from', async () => {
  const staff = await signIn(platform.gateway, platform.staff);
  const { body: product } = await staff.call<Product>('POST', '/products', {
    title: `A film ${randomUUID()}`,
    category: 'Drama',
    price: { amount: 1499, currency: 'USD' },
    stock: 5,
  });
  const [traceId, browserSpan] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const guest = createVisitor(platform.gateway, { traceparent: `00-${traceId}-${browserSpan}-01` });
  await guest.call('POST', '/cart/items', { productId: product.id, quantity: 1 });
  const items = [{ productId: product.id, quantity: 1 }];
  const placed = await guest.order(items, { email: `${randomUUID()}@customers.example` });
  expect((await guest.outcome(placed.body.order.id)).status).toBe('paid');

  const nameOf = ({ service, name }: ReceivedSpan) => `${service} ${name}`;
  await eventually(() => {
    const spans = receiver.spans(traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const told = spans.map((span) => {
      const parent = byId.get(span.parentSpanId ?? '');
      return `${nameOf(span)} < ${span.parentSpanId === browserSpan ? 'browser' : parent ? nameOf(parent) : 'nobody'}`;
    });
    expect(hops.filter((hop) => !told.includes(hop))).toEqual([]);
    expect(told.filter((line) => line.endsWith('< nobody'))).toEqual([]);
  });
});
