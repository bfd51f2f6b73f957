import type { CSSProperties, ReactNode } from 'react';

export type Column = { readonly name: string; readonly isNumber?: boolean };
export type TableProps = {
  readonly columns: readonly (string | Column)[];
  /** What the table is, for those who hear it. */
  readonly label: string;
  /** Rows of cells, `th` first. */
  readonly children: ReactNode;
  readonly foot?: ReactNode;
};

/** Names of columns for rows.css, which writes them before the cells where their row of names has no room. */
const namesFor = (columns: readonly Column[]): CSSProperties =>
  Object.fromEntries(columns.map(({ name }, at) => [`--column-${at + 1}`, JSON.stringify(name)]));

/** Rows below the names of their columns; on a phone each row is a card, and each of its cells says what it is. */
export const Table = ({ columns: given, label, children, foot }: TableProps) => {
  const columns = given.map((column): Column => (typeof column === 'string' ? { name: column } : column));
  return (
    <table className="rows" aria-label={label} style={namesFor(columns)}>
      <thead>
        <tr>
          {columns.map(({ name, isNumber }) => (
            <th key={name} scope="col" className={isNumber ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
      {foot && <tfoot>{foot}</tfoot>}
    </table>
  );
};
