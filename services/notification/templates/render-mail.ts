/** A message as a mail: subject, plain text, and HTML that says the same. */
import type { Order } from '../../contracts/http/order-api.ts';
import { formatMoney } from '../../kit/values/money.ts';
import type { Message } from '../domain/message.ts';
import { wordingOf } from './wording.ts';

export type Mail = { readonly subject: string; readonly text: string; readonly html: string };

const escapes: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  }),
);
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => escapes.get(character) ?? character);

const addressLines = ({ name, street, line2, city, state, zip, country }: Order['shippingAddress']): string[] =>
  [name, street, line2, `${zip} ${city}`, state, country].filter((line) => line !== undefined);

const textOf = (order: Order, greeting: string, paragraphs: readonly string[]): string =>
  [
    greeting,
    '',
    ...paragraphs.flatMap((paragraph) => [paragraph, '']),
    `Order ${order.id}`,
    ...order.items.map(({ quantity, title, lineTotal }) => `  ${quantity} x ${title}: ${formatMoney(lineTotal)}`),
    `  Total: ${formatMoney(order.total)}`,
    '',
    'Shipping to',
    ...addressLines(order.shippingAddress).map((line) => `  ${line}`),
    '',
    'CloudMart',
    '',
  ].join('\n');

const cell = 'padding:6px 0;border-bottom:1px solid #e3e6ea';

const htmlOf = (subject: string, order: Order, greeting: string, paragraphs: readonly string[]): string => {
  const rows = order.items.map(
    ({ quantity, title, lineTotal }) =>
      `<tr><td style="${cell}">${quantity} × ${escapeHtml(title)}</td><td style="${cell};text-align:right;white-space:nowrap">${escapeHtml(formatMoney(lineTotal))}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;background:#f4f5f7;font:16px/1.5 system-ui,sans-serif;color:#1d2733">
<main style="max-width:560px;margin:0 auto;padding:32px 24px;background:#fff">
<h1 style="font-size:22px;margin:0 0 16px">${escapeHtml(subject)}</h1>
<p>${escapeHtml(greeting)}</p>
${paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n')}
<table role="presentation" width="100%" style="border-collapse:collapse;margin:24px 0">
${rows.join('\n')}
<tr><td style="padding:10px 0"><strong>Total</strong></td><td style="padding:10px 0;text-align:right"><strong>${escapeHtml(formatMoney(order.total))}</strong></td></tr>
</table>
<p style="color:#52606d"><strong>Shipping to</strong><br>${addressLines(order.shippingAddress).map(escapeHtml).join('<br>')}</p>
<p style="color:#52606d;font-size:14px">Order ${escapeHtml(order.id)}</p>
</main>
</body>
</html>
`;
};

export const renderMail = (message: Message): Mail => {
  const { subject, paragraphs } = wordingOf(message);
  const greeting = message.customerName ? `Dear ${message.customerName},` : 'Hello,';
  return {
    subject,
    text: textOf(message.order, greeting, paragraphs),
    html: htmlOf(subject, message.order, greeting, paragraphs),
  };
};
