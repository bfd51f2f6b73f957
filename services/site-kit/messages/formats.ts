import type { Money } from '../../contracts/http/values.ts';
import { minorUnitDecimals } from '../../kit/values/minor-units.ts';

/** How a reader of a locale, a BCP 47 tag such as `de-AT`, writes money, dates, numbers and the names of countries. */
export const formatsOf = (locale: string) => {
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const numbers = new Intl.NumberFormat(locale);
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  return {
    locale,
    /** Decimals are those of ISO 4217: browsers count them as people pay in cash, 0 for IQD and LBP, and would show another price. */
    money: ({ amount, currency }: Money): string => {
      const decimals = minorUnitDecimals(currency);
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      return new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(amount / 10 ** decimals);
    },
    date: (at: string): string => dates.format(new Date(at)),
    number: (value: number): string => numbers.format(value),
    /** Name of a country by its ISO 3166 code. */
    country: (code: string): string => regions.of(code) ?? code,
  };
};
