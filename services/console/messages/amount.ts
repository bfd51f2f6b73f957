import type { Money } from '../../contracts/http/values.ts';
import { minorUnitDecimals } from '../../kit/values/minor-units.ts';

/** An amount that somebody wrote, such as `12.99`, in minor units; undefined where it is none of that currency. */
export const amountOf = (text: string, currency: string): Money | undefined => {
  const decimals = minorUnitDecimals(currency);
  const [, whole, fraction = ''] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > decimals) return undefined;
  return { amount: Number(whole + fraction.padEnd(decimals, '0')), currency };
};
