/** What a share of the traces is: some purchases whole, the others not at all. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '../kit/testing/condition.ts';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../kit/testing/traces/otlp-receiver.ts';
import { createVisitor, newFilm, signIn } from './testing/customer.ts';

let receiver: OtlpReceiver;
let platform: RunningPlatform;
beforeAll(async () => {
  receiver = await startOtlpReceiver();
  platform = await startPlatform({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
    OTEL_TRACES_SAMPLER_ARG: '0.3',
  });
});
afterAll(async () => {
  await platform?.stop();
  await receiver?.close();
});

/** What each service does for one order. */
const hops = [
  'api-gateway POST /api/v1/orders',
  'order OrderService/PlaceOrder',
  'product ProductService/ReserveStock',
  'payment PaymentService/Authorise',
  'cart process order.placed.v1',
  'ledger process order.placed.v1',
  'notification process order.paid.v1',
  'notification send mail',
];

test('with a share of the traces each purchase is recorded from door to mail or not at all, whatever its buyer asks for', async () => {
  const staff = await signIn(platform.gateway, platform.staff);
  const filmId = await newFilm(staff, 100);
  const bought = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const traceId = randomBytes(16).toString('hex');
      const guest = createVisitor(platform.gateway, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });
      await guest.call('GET', '/cart');
      const email = `${randomUUID()}@customers.example`;
      const placed = await guest.order([{ productId: filmId, quantity: 1 }], { email });
      expect((await guest.outcome(placed.body.order.id)).status).toBe('paid');
      return traceId;
    }),
  );
  // A shop may do without some of them.
  const wanted = hops.filter((hop) => (hop.split(' ')[0] ?? '') in platform.urls);
  await eventually(() => {
    const recorded = bought.map((traceId) => {
      const told = receiver.spans(traceId).map(({ service, name }) => `${service} ${name}`);
      return wanted.filter((hop) => told.includes(hop));
    });
    const begun = recorded.filter((found) => found.length > 0);
    expect(begun).toEqual(begun.map(() => wanted));
    // Neither happens to be empty once in a million runs.
    expect(begun.length).toBeGreaterThan(0);
    expect(begun.length).toBeLessThan(bought.length);
  });
  expect(receiver.spans().filter(({ name }) => /\/(health|metrics)/.test(name))).toEqual([]);
});
