import { describe, expect, test } from '@jest/globals';
import type { Order } from '../../contracts/http/order-api.ts';
import { aMessage, anOrder, type SampleType } from '../testing/order-events.ts';
import { renderMail } from './render-mail.ts';

const mails: [SampleType, Partial<Order>, string, string][] = [
  ['order.paid.v1', {}, 'Your order over $30.00 is confirmed', 'received your payment'],
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
      expect(body).not.toMatch(/undefined|null|NaN/);
    }
  });

  test('lets nobody write HTML by a title, a name or an address', () => {
    expect(mail.html).not.toContain('<script');
    expect(mail.html).toContain('2 × &lt;script&gt;alert(&quot;films&quot;)&lt;/script&gt;');
    expect(mail.html).toContain('Dear Ada &lt;Example&gt;,');
    expect(mail.html).toContain('1 Long &amp; Winding Road');
    expect(mail.text).toContain('2 x <script>alert("films")</script>: $30.00');
  });
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
