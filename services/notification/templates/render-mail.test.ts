import { describe, expect, test } from '@jest/globals';
import type { Order } from '../../contracts/http/order-api.ts';
import { anOrder, type SampleType } from '../../contracts/testing/order-events.ts';
import { aMessage } from '../testing/sample-message.ts';
import { renderMail as render, shopNameOf } from './render-mail.ts';

type Message = ReturnType<typeof aMessage>;
const renderMail = (message: Message, orderPage?: string) => render(message, { name: 'Film Shop', orderPage });

const mails: [SampleType, Partial<Order>, string, string][] = [
  ['order.paid.v1', {}, 'Your order for $30.00 is confirmed', 'received your payment'],
  ['order.shipped.v1', { shipment: { carrier: 'UPS', trackingNumber: '1Z999' } }, 'Your order is on its way', '1Z999'],
  ['order.delivered.v1', {}, 'Your order has been delivered', 'has arrived'],
  [
    'order.cancelled.v1',
    { cancellation: { reason: 'out-of-stock', note: null } },
    'Your order is cancelled',
    'sold out',
  ],
  [
    'order.payment-failed.v1',
    { payment: { ...anOrder(1).payment, failure: 'card-declined' } },
    'Your payment did not go through',
    'Your bank declined the card.',
  ],
  ['order.refunded.v1', {}, 'We refunded $10.00', '$10.00 is on its way back'],
];

describe.each(mails)('the mail on %s', (type, parts, subject, sentence) => {
  const mail = renderMail(aMessage(type, anOrder(1, parts)));

  test('says what happened, as text and as HTML', () => {
    expect(mail.subject).toBe(subject);
    for (const body of [mail.text, mail.html]) {
      expect(body).toContain(sentence);
      expect(body).toContain('ord_00000000000000000000000001');
      expect(body).toContain('$30.00');
      expect(body).toContain('Film Shop');
      expect(body).not.toMatch(/undefined|null|NaN/);
    }
  });

  test('lets nobody write HTML by a title', () => {
    expect(mail.html).not.toContain('<script');
    expect(mail.html).toContain('2 × &lt;script&gt;alert(&quot;films&quot;)&lt;/script&gt;');
    expect(mail.text).toContain('2 x <script>alert("films")</script>: $30.00');
  });

  test('links the page of the order where the shop has one', () => {
    expect(mail.html).not.toContain('href');
    const linked = renderMail(aMessage(type, anOrder(1, parts)), 'https://shop.example/orders/{id}');
    for (const body of [linked.text, linked.html])
      expect(body).toContain('https://shop.example/orders/ord_00000000000000000000000001');
  });
});

describe('the mail on a refund', () => {
  const item = { productId: 'prd_00000000000000000000000001', quantity: 1, restock: true };
  const returned = (refundId: string) => ({
    ...{ id: 'ret_00000000000000000000000001', items: [item], reason: 'too small', at: anOrder(1).createdAt },
    refundId,
  });

  test('names what came back for it, and lets nobody write HTML by its title', () => {
    const order = anOrder(1, { returns: [returned('rfd_00000000000000000000000001')] });
    const mail = renderMail(aMessage('order.refunded.v1', order));
    expect(mail.text).toContain('It is for 1 × <script>alert("films")</script>.');
    expect(mail.html).toContain('It is for 1 × &lt;script&gt;');
  });

  test('names nothing that came back for another', () => {
    const order = anOrder(1, { returns: [returned('rfd_00000000000000000000000002')] });
    expect(renderMail(aMessage('order.refunded.v1', order)).text).not.toContain('It is for');
  });
});

describe('the address of an order', () => {
  test.each<[SampleType, boolean]>([
    ['order.paid.v1', true],
    ['order.shipped.v1', true],
    ['order.delivered.v1', false],
    ['order.payment-failed.v1', false],
    ['order.cancelled.v1', false],
    ['order.refunded.v1', false],
  ])('is in the mail on %s where goods are on their way: %p', (type, isThere) => {
    const { text, html } = renderMail(aMessage(type, anOrder(1)));
    expect(text.includes('Shipping to\n  1 Long & Winding Road\n  12345 Springfield\n  US')).toBe(isThere);
    expect(html.includes('<strong>Shipping to</strong><br>1 Long &amp; Winding Road')).toBe(isThere);
  });
});

describe('the words of a buyer', () => {
  const hostile = 'Your parcel is held. Pay the fee at https://evil.example/pay?id=1 within 24 hours';
  const address = {
    name: hostile,
    street: hostile,
    line2: 'www.evil.example',
    city: 'evil.example',
    zip: '1',
    country: 'US',
  };
  const ordered = (captured: number): Partial<Order> => ({
    shippingAddress: address,
    payment: { ...anOrder(1).payment, captured: { amount: captured, currency: 'USD' } },
    cancellation: { reason: 'cancelled-by-customer', note: hostile },
  });

  test.each<SampleType>(['order.paid.v1', 'order.payment-failed.v1', 'order.cancelled.v1', 'order.shipped.v1'])(
    'are not in a mail on %s while nobody has paid',
    (type) => {
      const { subject, text, html } = renderMail(aMessage(type, anOrder(1, ordered(0)), hostile));
      for (const part of [subject, text, html]) expect(part).not.toMatch(/evil|parcel is held|fee/);
      expect(text).toMatch(/^Hello,\n/);
    },
  );

  test.each<SampleType>(['order.paid.v1', 'order.shipped.v1'])('have no link in a mail on %s that is paid', (type) => {
    const { text, html } = renderMail(aMessage(type, anOrder(1, ordered(3000)), hostile));
    for (const part of [text, html]) expect(part).not.toMatch(/https?:|www\.|evil\.example/);
    expect(text).toMatch(/^Hello,\n/);
    expect(text).toContain('Shipping to');
  });

  test('are the greeting of a paid order when they are a name', () => {
    expect(renderMail(aMessage('order.paid.v1', anOrder(1), 'Ada Lovelace')).text).toMatch(/^Dear Ada Lovelace,\n/);
  });
});

test.each([
  ['CloudMart <orders@shop.example>', 'CloudMart'],
  ['"Film & Shop" <orders@shop.example>', 'Film & Shop'],
  ['orders@shop.example', 'shop.example'],
  ['<orders@shop.example>', 'shop.example'],
])('a shop that sends from %s is called %s', (from, name) => {
  expect(shopNameOf(from)).toBe(name);
});

describe('a reason that nobody knows', () => {
  const hostile = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'card-stolen'];

  test.each(hostile)('such as %s is told in general words when an order is cancelled', (reason) => {
    const mail = renderMail(aMessage('order.cancelled.v1', anOrder(1, { cancellation: { reason, note: null } })));
    expect(mail.text).toContain('The order was cancelled.');
  });

  test.each(hostile)('such as %s is told in general words when a payment failed', (failure) => {
    const order = anOrder(1);
    const mail = renderMail(aMessage('order.payment-failed.v1', { ...order, payment: { ...order.payment, failure } }));
    expect(mail.text).toContain('The payment was not accepted.');
  });
});

test('what a customer writes about a cancellation never passes for our reason', () => {
  const cancellation = { reason: 'cancelled-by-customer', note: 'out-of-stock' };
  const { text, html } = renderMail(aMessage('order.cancelled.v1', anOrder(1, { cancellation })));
  for (const body of [text, html]) {
    expect(body).toContain('You cancelled it.');
    expect(body).not.toMatch(/sold out|out-of-stock/);
  }
});
