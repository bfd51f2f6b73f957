import { otherThanTwo } from './minor-units.ts';

/**
 * The currencies of ISO 4217 with the decimals of their minor unit, from list one as of 2026-01-01.
 * Metals, test codes and units of account have no minor unit and cannot be charged, so they are left out.
 * When ISO withdraws a code, move it to `withdrawn`: nothing is priced in it any more, but older orders are.
 */
const ofTwoDecimals =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK ' +
  'DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR ' +
  'LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR ' +
  'SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ' +
  'ZAR ZMW ZWG';
/** All of two decimals. */
const withdrawn = 'ANG BGN CUC HRK SLL ZWL';

const current: ReadonlyMap<string, number> = new Map(
  [[2, ofTwoDecimals] as const, ...otherThanTwo].flatMap(([decimals, codes]) =>
    codes.split(' ').map((code) => [code, decimals] as const),
  ),
);
const known: ReadonlyMap<string, number> = new Map([
  ...withdrawn.split(' ').map((code) => [code, 2] as const),
  ...current,
]);

/** Whether something can be priced in this currency today. */
export const isCurrency = (code: string): boolean => current.has(code);

/** Decimals of the minor unit: 2 for USD and HUF, 0 for JPY, 3 for KWD. RangeError for a code that is and was none. */
export const currencyDecimals = (code: string): number => {
  const decimals = known.get(code);
  if (decimals === undefined) throw new RangeError(`currency "${code}" is not an ISO 4217 code such as USD`);
  return decimals;
};
