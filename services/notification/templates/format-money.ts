type Money = { readonly amount: number; readonly currency: string };

/** An amount as people write it; the number of decimals is the currency's own. */
export const formatMoney = ({ amount, currency }: Money): string => {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
};
