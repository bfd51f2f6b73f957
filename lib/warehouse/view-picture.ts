/** The answer to a ready-made question as a picture. Pure. */
import type { WarehouseView } from '../../services/contracts/warehouse/order-views.ts';
import { formatMoney } from '../../services/kit/values/money.ts';
import type { Row } from '../../services/kit/warehouse/warehouse.ts';
import { chart, frame, type Stack } from '../pictures/bar-chart.ts';

const MOST_BARS = 60;

/** SVG of the rows, one bar a label; undefined: this question is answered by a table alone. */
export const viewPicture = ({ title, picture }: WarehouseView, rows: readonly Row[]): string | undefined => {
  if (!picture) return undefined;
  const { label, value, series, unit } = picture;
  const bars = new Map<string, Record<string, number>>();
  for (const row of rows) {
    const name = String(row[label]);
    const part =
      series === undefined ? value : `${series === 'currency' ? '' : `${series.replaceAll('_', ' ')} `}${row[series]}`;
    bars.set(name, { ...bars.get(name), [part]: Number(row[value] ?? 0) });
  }
  const currency = String(rows.find((row) => typeof row['currency'] === 'string')?.['currency'] ?? 'USD');
  const shown: Readonly<Record<typeof unit, (length: number) => string>> = {
    amount: (amount) => formatMoney({ amount: Math.round(amount), currency }),
    share: (share) => `${Math.round(share * 1000) / 10} %`,
    count: (count) => String(count),
  };
  const stacks: Stack[] = [...bars].slice(-MOST_BARS).map(([name, parts]) => ({ label: name, parts }));
  const { svg, height } = chart(title, '', stacks, 40, shown[unit]);
  return frame(bars.size > MOST_BARS ? `the last ${MOST_BARS} of ${bars.size}` : '', [svg], 40 + height);
};
