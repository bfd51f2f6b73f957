import { currencyDecimals } from './currencies.ts';

/** An amount in minor units (cents, or whole yen) of one ISO 4217 currency. */
export type Money = { readonly amount: number; readonly currency: string };

/** Builds an amount. Throws RangeError on a fraction, a number beyond 2^53 - 1 or an unknown currency. */
export const money = (amount: number, currency: string): Money => {
  if (!Number.isSafeInteger(amount))
    throw new RangeError(`amount ${amount} is not a whole number of minor units within 2^53 - 1`);
  currencyDecimals(currency);
  // -0 would not equal 0 in strict comparisons of stored and computed amounts.
  return { amount: amount === 0 ? 0 : amount, currency };
};

export const zeroMoney = (currency: string): Money => money(0, currency);

const requireSameCurrency = (a: Money, b: Money) => {
  if (a.currency !== b.currency) throw new RangeError(`cannot combine ${a.currency} with ${b.currency}`);
};

/** Sum of two amounts; RangeError when the currencies differ or the sum leaves the safe integers. */
export const addMoney = (a: Money, b: Money): Money => {
  requireSameCurrency(a, b);
  return money(a.amount + b.amount, a.currency);
};

/** `a - b`, which may be negative; RangeError as for {@link addMoney}. */
export const subtractMoney = (a: Money, b: Money): Money => {
  requireSameCurrency(a, b);
  return money(a.amount - b.amount, a.currency);
};

/** An amount taken `quantity` times; RangeError unless the quantity is a whole number of at least 0. */
export const multiplyMoney = (price: Money, quantity: number): Money => {
  if (!Number.isSafeInteger(quantity) || quantity < 0)
    throw new RangeError(`quantity ${quantity} is not a whole number of at least 0`);
  return money(price.amount * quantity, price.currency);
};

/** Sum of a list in one currency; an empty list is zero. */
export const sumMoney = (list: Iterable<Money>, currency: string): Money => {
  let sum = zeroMoney(currency);
  for (const part of list) sum = addMoney(sum, part);
  return sum;
};

/** Whether amount and currency are equal. */
export const sameMoney = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency;

/** The amount in major units, exact: "4500.00", "-0.05", "1234" for yen. RangeError for an unknown currency. */
export const toDecimal = ({ amount, currency }: Money): string => {
  const decimals = currencyDecimals(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${amount < 0 ? '-' : ''}${whole}${decimals > 0 ? `.${digits.slice(-decimals)}` : ''}`;
};

const formats = new Map<string, Intl.NumberFormat>();

/** Kept by currency, of which there are few: to make one costs a hundred times what its use does. */
const formatOf = (currency: string, decimals: number): Intl.NumberFormat => {
  const known = formats.get(currency);
  if (known) return known;
  // Left to itself Intl shows what people use in cash, which is no decimals for HUF, IQD and others, and which changes with its data.
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, ...digits });
  formats.set(currency, format);
  return format;
};

/** An amount as people write it in English, with as many decimals as ISO 4217 says: "$1,234.50", "HUF 4,500.00". RangeError as {@link toDecimal}. */
export const formatMoney = (money: Money): string => {
  const { currency } = money;
  // A text, because a number of this size divided by 100 would be off by a cent.
  return formatOf(currency, currencyDecimals(currency)).format(toDecimal(money) as `${number}`);
};
