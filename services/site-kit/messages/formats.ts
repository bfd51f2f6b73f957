import type { Money } from '../../contracts/http/values.ts';
import { minorUnitDecimals } from '../../kit/values/minor-units.ts';

const secondsUnit = ['second', 1] as const;
/** Units of a wait, and the seconds of each: from two of a unit on, it is told in that one. */
const waitUnits = [['day', 86_400], ['hour', 3_600], ['minute', 60], secondsUnit] as const;

/** How a reader of a locale, a BCP 47 tag such as `de-AT`, writes money, dates, numbers and the names of countries. */
export const formatsOf = (locale: string) => {
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const numbers = new Intl.NumberFormat(locale);
  const shares = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const waits = new Intl.RelativeTimeFormat(locale);
  const regions = new Intl.DisplayNames(locale, { type: 'region' });
  return {
    locale,
    /** Decimals are those of ISO 4217: browsers count them as people pay in cash, 0 for IQD and LBP, and would show another price. */
    money: ({ amount, currency }: Money): string => {
      const decimals = minorUnitDecimals(currency);
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      return new Intl.NumberFormat(locale, { style: 'currency', currency, ...digits }).format(amount / 10 ** decimals);
    },
    /** The same in as few digits as fit beside a chart, such as $1.2K. */
    shortMoney: ({ amount, currency }: Money): string =>
      new Intl.NumberFormat(locale, { style: 'currency', currency, notation: 'compact' }).format(
        amount / 10 ** minorUnitDecimals(currency),
      ),
    date: (at: string): string => dates.format(new Date(at)),
    /** The time of a day alone. */
    time: (at: string): string => times.format(new Date(at)),
    /** A day of the calendar, such as 2026-11-29, which is the same everywhere. */
    day: (day: string): string => days.format(new Date(day)),
    /** A part of a whole, 0 to 1, in percent. */
    share: (part: number): string => shares.format(part),
    number: (value: number): string => numbers.format(value),
    /** How long it takes until something that is so many seconds away, such as `in 12 seconds`; rounded up, so that nobody comes too early. */
    wait: (seconds: number): string => {
      const [unit, length] = waitUnits.find(([, least]) => seconds >= 2 * least) ?? secondsUnit;
      return waits.format(Math.ceil(seconds / length), unit);
    },
    /** Name of a country by its ISO 3166 code. */
    country: (code: string): string => regions.of(code) ?? code,
  };
};
