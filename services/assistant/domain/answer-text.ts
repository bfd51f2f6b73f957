/** What is said of products and orders: nothing but what the shop's own doors answered. */

import type { Product } from '../../contracts/http/catalogue/product-api.ts';
import type { Order } from '../../contracts/http/order-api.ts';
import { formatMoney } from '../../kit/values/money.ts';

export const greeting =
  'Hello! I can tell you about our products, our rules for shipping, returns and payment, and the orders that are yours.';

/** `imdbRating` -> `imdb rating`. */
const label = (name: string) => name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

const stockOf = ({ stock }: Product) => (stock > 0 ? `in stock (${stock} available)` : 'sold out at the moment');

/** Everything that the catalogue says of a product, in one paragraph. */
export const productText = (product: Product): string => {
  const { title, category, price, attributes } = product;
  const facts = Object.entries(attributes).map(([name, value]) => `${label(name)}: ${value}`);
  const about = facts.length > 0 ? ` ${facts.join(', ')}.` : '';
  return `${title} (${category}) costs ${formatMoney(price)} and is ${stockOf(product)}.${about}`;
};

/** A product in a list. */
export const productLine = ({ title, price, category, attributes: { year } }: Product): string =>
  `- ${title}${year === undefined ? '' : ` (${year})`}, ${category}: ${formatMoney(price)}`;

const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** How a person would say that an order is in this state. */
const states: Readonly<Record<Order['status'], string>> = {
  pending: 'is being checked',
  'stock-reserved': 'has its goods set aside and is being paid',
  paid: 'is paid and waits to be packed',
  processing: 'is being packed',
  shipped: 'has been shipped',
  delivered: 'has been delivered',
  cancelled: 'was cancelled',
  'payment-failed': 'could not be paid, so nothing was charged',
  refunded: 'was refunded',
};

/** Everything that its buyer may know of an order. */
export const orderText = (order: Order): string => {
  const { id, status, items, total, payment, shipment, cancellation, shippingAddress, createdAt } = order;
  const lines = items.map(({ quantity, title, lineTotal }) => `${quantity} × ${title} (${formatMoney(lineTotal)})`);
  const parts = [
    `Order ${id} of ${dateFormat.format(new Date(createdAt))} ${states[status]} (status: ${status}).`,
    `It holds ${lines.join(', ')}; total ${formatMoney(total)}, charged ${formatMoney(payment.captured)}${payment.refunded.amount > 0 ? `, refunded ${formatMoney(payment.refunded)}` : ''}.`,
    shipment && `It travels with ${shipment.carrier}, tracking number ${shipment.trackingNumber}.`,
    payment.failure && `Reason: ${payment.failure}.`,
    cancellation && `Reason: ${cancellation.reason}.`,
    `It goes to ${shippingAddress.street}, ${shippingAddress.zip} ${shippingAddress.city}.`,
  ];
  return parts.filter(Boolean).join(' ');
};

const listOfLetters = new Intl.ListFormat('en', { type: 'conjunction' });

/** `a, b, and c`. */
export const inWords = (parts: readonly string[]): string => listOfLetters.format(parts);
