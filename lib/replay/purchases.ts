/** The purchases of a real shop: see lib/shop/SOURCE.md. */

export type PastPurchase = {
  /** 1 for the first line of the file. */
  readonly line: number;
  readonly customer: string;
  /** ISO 8601 date. */
  readonly date: string;
  readonly units: number;
  /** What the customer paid, in cents. */
  readonly cents: number;
};

/** Customer, their number in the sample where the file is one, date, units, dollars. */
const shape = /^\s*(\d{5})\s+(?:\d{4}\s+)?(\d{4})(\d{2})(\d{2})\s+(\d+)\s+(\d+)\.(\d{2})\s*$/;

/** Reads the fixed-width file; throws with the number of the first line that is not a purchase. */
export const readPurchases = (text: string): PastPurchase[] =>
  text.split('\n').flatMap((row, index) => {
    if (row.trim() === '') return [];
    const [, customer, year, month, day, units, dollars, cents] = shape.exec(row) ?? [];
    if (!customer || !units)
      throw new Error(
        `line ${index + 1} of the purchases is not "customer [sample] date units dollars": ${row.trim().slice(0, 60)}`,
      );
    return [
      {
        line: index + 1,
        customer,
        date: `${year}-${month}-${day}`,
        units: Number(units),
        cents: Number(dollars) * 100 + Number(cents),
      },
    ];
  });

/** Purchases in the order in which they happened; those of one day as the file has them. */
export const byDate = (purchases: readonly PastPurchase[]): PastPurchase[] =>
  purchases.toSorted((a, b) => a.date.localeCompare(b.date) || a.line - b.line);
