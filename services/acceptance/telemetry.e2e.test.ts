import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { manifest as apiGateway } from '../api-gateway/manifest.ts';
import { manifest as assistant } from '../assistant/manifest.ts';
import { manifest as cart } from '../cart/manifest.ts';
import { type Emitter, metricsOf, mostSeries, processPrefixes } from '../contracts/metrics/metric-catalogue.ts';
import { eventually } from '../kit/testing/condition.ts';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../kit/testing/traces/otlp-receiver.ts';
import { manifest as operations } from '../operations/manifest.ts';
import { manifest as order } from '../order/manifest.ts';
import { manifest as payment } from '../payment/manifest.ts';
import { manifest as product } from '../product/manifest.ts';
import { manifest as user } from '../user/manifest.ts';
import { createVisitor, newFilm, newGuest, signIn } from './testing/customer.ts';

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
  const productId = await newFilm(staff, 5);
  const [traceId, browserSpan] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
  const guest = createVisitor(platform.gateway, { traceparent: `00-${traceId}-${browserSpan}-01` });
  await guest.call('POST', '/cart/items', { productId, quantity: 1 });
  const items = [{ productId, quantity: 1 }];
  const placed = await guest.order(items, { email: `${randomUUID()}@customers.example` });
  expect((await guest.outcome(placed.body.order.id)).status).toBe('paid');

  // A shop may do without some of them.
  const wanted = hops.filter((hop) => (hop.split(' ')[0] ?? '') in platform.urls);
  const nameOf = ({ service, name }: ReceivedSpan) => `${service} ${name}`;
  await eventually(() => {
    const spans = receiver.spans(traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const told = spans.map((span) => {
      const parent = byId.get(span.parentSpanId ?? '');
      return `${nameOf(span)} < ${span.parentSpanId === browserSpan ? 'browser' : parent ? nameOf(parent) : 'nobody'}`;
    });
    expect(wanted.filter((hop) => !told.includes(hop))).toEqual([]);
    expect(told.filter((line) => line.endsWith('< nobody'))).toEqual([]);
  });
});

/** A metric as a page of Prometheus has it. */
type Shown = { kind: string; help: string; series: Readonly<Record<string, string>>[] };

const readPage = (text: string): Map<string, Shown> => {
  const shown = new Map<string, Shown>();
  const of = (name: string) => shown.get(name) ?? shown.get(name.replace(/_(bucket|sum|count)$/, ''));
  for (const line of text.split('\n')) {
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (what === 'HELP') shown.set(name, { kind: '', help: rest, series: [] });
    else if (what === 'TYPE') Object.assign(shown.get(name) ?? {}, { kind: rest });
    else {
      const [, sample = '', labels = ''] = /^(\w+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      of(sample)?.series.push(Object.fromEntries(pairs.map(([, label = '', value = '']) => [label, value])));
    }
  }
  return shown;
};

const manifests: readonly Emitter[] = [apiGateway, assistant, cart, operations, order, payment, product, user];

test.each(manifests)(
  '$name emits the metrics that the catalogue lists for it, and no other, with bounded labels',
  async (service) => {
    const answer = await fetch(`${platform.urls[service.name]}/metrics`);
    const shown = readPage(await answer.text());
    const own = [...shown].filter(([name]) => !processPrefixes.some((prefix) => name.startsWith(prefix)));
    const listed = metricsOf(service);
    expect(own.map(([name]) => name).toSorted()).toEqual(listed.map(({ name }) => name).toSorted());
    for (const { name, kind, help, labels = {} } of listed) {
      const { series = [], ...said } = shown.get(name) ?? {};
      expect({ name, ...said }).toEqual({ name, kind, help });
      expect(series.length).toBeLessThan(mostSeries);
      for (const { service: emitter, le: _, ...found } of series) {
        expect([emitter, Object.keys(found).toSorted()]).toEqual([service.name, Object.keys(labels).toSorted()]);
        for (const [label, bound] of Object.entries(labels))
          if (typeof bound !== 'string') expect(bound).toContain(found[label]);
      }
    }
  },
);

test('orders, payments and carts are counted as they are sold', async () => {
  const shownBy = async (service: string, line: RegExp) => {
    const text = await (await fetch(`${platform.urls[service]}/metrics`)).text();
    return Number(line.exec(text)?.[1] ?? 0);
  };
  const paid = () => shownBy('order', /^orders_total\{status="paid",payment_method="card",[^}]*\} (\d+)/m);
  const dollars = () => shownBy('order', /^order_value_dollars_sum\{[^}]*\} ([\d.]+)/m);
  const taken = () => shownBy('payment', /^payment_amount_dollars_sum\{(?=[^}]*outcome="captured")[^}]*\} ([\d.]+)/m);
  const refused = () => shownBy('api-gateway', /^security_events_total\{event="unauthenticated",[^}]*\} (\d+)/m);
  const before = [await paid(), await dollars(), await taken(), await refused()] as const;
  const staff = await signIn(platform.gateway, platform.staff);
  const filmId = await newFilm(staff, 5, 2550);
  const guest = await newGuest(platform.gateway);
  const placed = await guest.order([{ productId: filmId, quantity: 2 }], {
    email: `${randomUUID()}@customers.example`,
  });
  expect((await guest.outcome(placed.body.order.id)).status).toBe('paid');
  expect((await createVisitor(platform.gateway).call('GET', '/me')).status).toBe(401);
  // Counted right after the commit that others can see already.
  await eventually(async () => {
    expect(await paid()).toBe(before[0] + 1);
    expect(await dollars()).toBeCloseTo(before[1] + 51, 2);
    expect(await taken()).toBeCloseTo(before[2] + 51, 2);
    expect(await refused()).toBeGreaterThan(before[3]);
  });
});
