/** A message about an order as a mail. */

import { escapeHtml } from '../../kit/mail/escape-html.ts';
import type { Mail } from '../../kit/mail/mail-sender.ts';
import { formatMoney } from '../../kit/values/money.ts';
import type { OrderMessage } from '../domain/message.ts';
import { frameMail, quiet } from './mail-frame.ts';
import { wordingOf } from './wording.ts';

/** Whose mail it is. */
export type Shop = {
  readonly name: string;
  /** Address of an order's page with `{id}` in it; absent: mails have no link. */
  readonly orderPage?: string | undefined;
  /** Address of the page that proves an address, with `{token}` in it; absent: the mail shows the code. */
  readonly verifyPage?: string | undefined;
  /** Address of the page that takes a new password, with `{token}` in it; absent: the mail shows the code. */
  readonly resetPage?: string | undefined;
  /** Address of the cart; absent: reminders of it have no link. */
  readonly cartPage?: string | undefined;
  /** Address of the page and of the door that stop reminders, each with `{token}` in it; without either no reminder is made. */
  readonly unsubscribePage?: string | undefined;
  readonly unsubscribeDoor?: string | undefined;
};

/** The name in `Name <address>`; of an address alone its domain. */
export const shopNameOf = (from: string): string => {
  const named = /^([^<>]+) </
    .exec(from)?.[1]
    ?.trim()
    .replace(/^"(.*)"$/, '$1');
  return named || from.slice(from.lastIndexOf('@') + 1).replace('>', '');
};

const cell = 'padding:6px 0;border-bottom:1px solid #e3e6ea;vertical-align:top';

const linesOf = ({ order }: OrderMessage) => ({
  text: [
    `Order ${order.id}`,
    ...order.items.map(({ quantity, title, lineTotal }) => `  ${quantity} x ${title}: ${formatMoney(lineTotal)}`),
    `  Total: ${formatMoney(order.total)}`,
    '',
  ],
  html: `<table role="presentation" width="100%" style="border-collapse:collapse;margin:24px 0">
${order.items
  .map(
    ({ quantity, title, lineTotal }) =>
      `<tr><td style="${cell};overflow-wrap:anywhere">${quantity} × ${escapeHtml(title)}</td><td style="${cell};padding-left:16px;text-align:right;white-space:nowrap">${escapeHtml(formatMoney(lineTotal))}</td></tr>`,
  )
  .join('\n')}
<tr><td style="padding:10px 0"><strong>Total</strong></td><td style="padding:10px 0 10px 16px;text-align:right;white-space:nowrap"><strong>${escapeHtml(formatMoney(order.total))}</strong></td></tr>
</table>
`,
});

const placesOf = ({ order, shippingTo }: OrderMessage) => {
  const address =
    shippingTo.length > 0
      ? `<p class="quiet" style="${quiet};overflow-wrap:anywhere"><strong>Shipping to</strong><br>${shippingTo.map(escapeHtml).join('<br>')}</p>\n`
      : '';
  return {
    text: shippingTo.length > 0 ? ['Shipping to', ...shippingTo.map((line) => `  ${line}`), ''] : [],
    html: `${address}<p class="quiet" style="${quiet};font-size:14px;overflow-wrap:anywhere">Order ${escapeHtml(order.id)}</p>\n`,
  };
};

export const renderMail = (message: OrderMessage, shop: Shop): Mail => {
  const { subject, paragraphs } = wordingOf(message);
  const href = shop.orderPage?.replace('{id}', encodeURIComponent(message.order.id));
  return frameMail({
    shopName: shop.name,
    subject,
    greeting: message.customerName ? `Dear ${message.customerName},` : 'Hello,',
    paragraphs,
    details: linesOf(message),
    link: href === undefined ? undefined : { label: 'See your order', href },
    notes: placesOf(message),
  });
};
