import type { ViewAnswer } from '../../../contracts/http/operations/analytics-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { Table } from '../table.tsx';

type Row = ViewAnswer['rows'][number];

const headingOf = (column: string) => {
  const words = column.replace(/_amount$/, '').replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const useCells = () => {
  const { day, money, number, share } = useFormats();
  return (row: Row, column: string): string => {
    const value = row[column];
    if (value === null || value === undefined) return '';
    if (column === 'day') return day(String(value));
    if (typeof value === 'string') return value;
    const { currency } = row;
    if (column.endsWith('_amount') && typeof currency === 'string') return money({ amount: value, currency });
    return column === 'share' ? share(value) : number(value);
  };
};

/** Rows of an answer of the warehouse, newest first. */
export const ViewRows = ({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) => {
  const cell = useCells();
  const [first, ...others] = Object.keys(rows[0] ?? {});
  if (first === undefined) return null;
  const isNumber = (column: string) => rows.some((row) => typeof row[column] === 'number');
  return (
    <Table
      label={title}
      columns={[first, ...others].map((column) => ({ name: headingOf(column), isNumber: isNumber(column) }))}
    >
      {rows.map((row) => (
        <tr key={JSON.stringify(row)}>
          <th scope="row" className={isNumber(first) ? 'number' : undefined}>
            {cell(row, first)}
          </th>
          {others.map((column) => (
            <td key={column} className={isNumber(column) ? 'number' : undefined}>
              {cell(row, column)}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
};
