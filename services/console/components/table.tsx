import type { ReactNode } from 'react';

export type Column = { readonly name: string; readonly isNumber?: boolean };
export type TableProps = {
  readonly columns: readonly (string | Column)[];
  /** What the table is, for those who hear it. */
  readonly label: string;
  /** Rows of cells, `th` first. */
  readonly children: ReactNode;
  readonly foot?: ReactNode;
};

/** Rows below the names of their columns; on a phone each row is a card. */
export const Table = ({ columns, label, children, foot }: TableProps) => (
  <table className="rows" aria-label={label}>
    <thead>
      <tr>
        {columns
          .map((column) => (typeof column === 'string' ? { name: column } : column))
          .map(({ name, isNumber }: Column) => (
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
