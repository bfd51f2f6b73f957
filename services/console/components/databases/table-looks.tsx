/** Looks at the tables of a database: indexes that lack or are there for nothing, and what nobody has cleaned. */
import { useQuery } from '@tanstack/react-query';
import type { IndexFindings } from '../../../contracts/http/operations/databases-api.ts';
import { Await } from '../../../site-kit/components/states.tsx';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { bloatQuery, indexesQuery } from '../../api/database-queries.ts';
import { Empty } from '../empty.tsx';
import { RowSkeletons } from '../row-skeletons.tsx';
import { Table } from '../table.tsx';
import { useSizes } from './sizes.ts';

type LookProps = { readonly name: string };

/** Everything that is wrong with indexes, a line each. */
const findingsIn = ({ missing, unused, duplicate, invalid }: IndexFindings, number: (value: number) => string) => [
  ...missing.map(({ table, rows, indexPercent }) => ({
    what: table,
    finding: 'lacks an index',
    why: `${number(Math.round(indexPercent))} % of its scans use one; it has ${number(rows)} rows`,
    bytes: null,
  })),
  ...unused.map(({ index, table, scans, bytes }) => ({
    what: index,
    finding: 'unused',
    why: `of ${table}, read ${number(scans)} times`,
    bytes,
  })),
  ...duplicate.map(({ index, table, coveredBy, bytes }) => ({
    what: index,
    finding: 'double',
    why: `of ${table}; ${coveredBy} begins with its columns`,
    bytes,
  })),
  ...invalid.map(({ index, table, isBeingBuilt, bytes }) => ({
    what: index,
    finding: isBeingBuilt ? 'being built' : 'invalid',
    why: `of ${table}${isBeingBuilt ? '' : '; a build was broken off'}`,
    bytes,
  })),
];

/** Indexes that a table lacks, and those that are there for nothing. */
export const Indexes = ({ name }: LookProps) => {
  const { date, number } = useFormats();
  const { bytes: size } = useSizes();
  const query = useQuery(indexesQuery(name));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {(found) => {
        const findings = findingsIn(found, number);
        if (findings.length === 0)
          return <Empty title="Nothing to do" text="No index lacks, and none is there for nothing." />;
        return (
          <>
            {found.since !== null && <p className="fine">Scans are counted since {date(found.since)}.</p>}
            <Table label="Indexes" columns={['What', 'Finding', 'Why', { name: 'Size', isNumber: true }]}>
              {findings.map(({ what, finding, why, bytes }) => (
                <tr key={`${finding}/${what}`}>
                  <th scope="row" className="id">
                    {what}
                  </th>
                  <td>
                    <span className="state warn">{finding}</span>
                  </td>
                  <td className="fine">{why}</td>
                  <td className="number">{bytes !== null && size(bytes)}</td>
                </tr>
              ))}
            </Table>
          </>
        );
      }}
    </Await>
  );
};

/** Tables whose dead rows nobody has cleaned away, and those that come near to the end of transaction numbers. */
export const Bloat = ({ name }: LookProps) => {
  const { date, number } = useFormats();
  const { bytes } = useSizes();
  const query = useQuery(bloatQuery(name));
  return (
    <Await query={query} skeleton={<RowSkeletons />}>
      {({ tables, wraparound }) => (
        <>
          {wraparound.map(({ table, transactionsLeft }) => (
            <p key={table} className="notice bad">
              {table} has {number(transactionsLeft)} transactions left until the server refuses to write: clean it now.
            </p>
          ))}
          {tables.length === 0 ? (
            <Empty title="All is clean" text="No table has more dead rows than the server lets be." />
          ) : (
            <Table
              label="Bloat"
              columns={[
                'Table',
                ...['Dead rows', 'Cleaned from', 'Rows', 'Size'].map((column) => ({ name: column, isNumber: true })),
                'Last cleaned',
              ]}
            >
              {tables.map((table) => (
                <tr key={table.table}>
                  <th scope="row" className="id">
                    {table.table}
                  </th>
                  <td className="number">{number(table.deadRows)}</td>
                  <td className="number">{number(table.limit)}</td>
                  <td className="number">{number(table.rows)}</td>
                  <td className="number">{bytes(table.bytes)}</td>
                  <td>{table.cleanedAt === null ? 'never' : date(table.cleanedAt)}</td>
                </tr>
              ))}
            </Table>
          )}
        </>
      )}
    </Await>
  );
};
