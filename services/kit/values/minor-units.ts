/** Decimals of ISO 4217's minor units where they are not two, by decimals; small, because pages load it too. */
export const otherThanTwo: readonly (readonly [decimals: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

/** Decimals of the minor unit of a currency that is known to be one, 2 for any other: a page shows what the shop priced. */
export const minorUnitDecimals = (currency: string): number =>
  otherThanTwo.find(([, codes]) => codes.split(' ').includes(currency))?.[0] ?? 2;
