/** A message as a mail: subject, plain text, and HTML that says the same. */
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

/** Whose mail it is. */
export type Shop = {
  readonly name: string;
  /** Address of an order's page with `{id}` in it; absent: mails have no link. */
  readonly orderPage?: string | undefined;
};

/** The name in `Name <address>`; of an address alone its domain. */
export const shopNameOf = (from: string): string => {
  const named = /^([^<>]+) </
    .exec(from)?.[1]
    ?.trim()
    .replace(/^"(.*)"$/, '$1');
  return named || from.slice(from.lastIndexOf('@') + 1).replace('>', '');
};

type Parts = {
  readonly shop: Shop;
  readonly message: Message;
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly link: string | undefined;
};

const textOf = ({ shop, message: { order, shippingTo }, greeting, paragraphs, link }: Parts): string =>
  [
    greeting,
    '',
    ...paragraphs.flatMap((paragraph) => [paragraph, '']),
    `Order ${order.id}`,
    ...order.items.map(({ quantity, title, lineTotal }) => `  ${quantity} x ${title}: ${formatMoney(lineTotal)}`),
    `  Total: ${formatMoney(order.total)}`,
    '',
    ...(link ? [`See your order: ${link}`, ''] : []),
    ...(shippingTo.length > 0 ? ['Shipping to', ...shippingTo.map((line) => `  ${line}`), ''] : []),
    shop.name,
    '',
  ].join('\n');

const cell = 'padding:6px 0;border-bottom:1px solid #e3e6ea;vertical-align:top';
const quiet = 'color:#52606d';
// Only programs that know dark mode read this; the others keep the colours that stand at each element.
const darkMode =
  '@media (prefers-color-scheme:dark){body{background:#11161c!important;color:#e6eaee!important}main{background:#1b222a!important}td{border-color:#3a444f!important}.quiet{color:#a7b2bd!important}}';

const htmlOf = ({ shop, message: { order, shippingTo }, subject, greeting, paragraphs, link }: Parts): string => {
  const rows = order.items.map(
    ({ quantity, title, lineTotal }) =>
      `<tr><td style="${cell};overflow-wrap:anywhere">${quantity} × ${escapeHtml(title)}</td><td style="${cell};padding-left:16px;text-align:right;white-space:nowrap">${escapeHtml(formatMoney(lineTotal))}</td></tr>`,
  );
  const button = link
    ? `<p><a href="${escapeHtml(link)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#0b5cad;color:#fff;text-decoration:none">See your order</a></p>\n`
    : '';
  const address =
    shippingTo.length > 0
      ? `<p class="quiet" style="${quiet};overflow-wrap:anywhere"><strong>Shipping to</strong><br>${shippingTo.map(escapeHtml).join('<br>')}</p>\n`
      : '';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title><style>${darkMode}</style></head>
<body style="margin:0;background:#f4f5f7;font:16px/1.5 system-ui,sans-serif;color:#1d2733">
<main style="max-width:560px;margin:0 auto;padding:32px 24px;background:#fff">
<p class="quiet" style="margin:0 0 24px;font-weight:600;${quiet}">${escapeHtml(shop.name)}</p>
<h1 style="font-size:22px;margin:0 0 16px">${escapeHtml(subject)}</h1>
<p style="overflow-wrap:anywhere">${escapeHtml(greeting)}</p>
${paragraphs.map((paragraph) => `<p style="overflow-wrap:anywhere">${escapeHtml(paragraph)}</p>`).join('\n')}
<table role="presentation" width="100%" style="border-collapse:collapse;margin:24px 0">
${rows.join('\n')}
<tr><td style="padding:10px 0"><strong>Total</strong></td><td style="padding:10px 0 10px 16px;text-align:right;white-space:nowrap"><strong>${escapeHtml(formatMoney(order.total))}</strong></td></tr>
</table>
${button}${address}<p class="quiet" style="${quiet};font-size:14px;overflow-wrap:anywhere">Order ${escapeHtml(order.id)}</p>
</main>
</body>
</html>
`;
};

export const renderMail = (message: Message, shop: Shop): Mail => {
  const { subject, paragraphs } = wordingOf(message);
  const greeting = message.customerName ? `Dear ${message.customerName},` : 'Hello,';
  const link = shop.orderPage?.replace('{id}', encodeURIComponent(message.order.id));
  const parts = { shop, message, subject, greeting, paragraphs, link };
  return { subject, text: textOf(parts), html: htmlOf(parts) };
};
