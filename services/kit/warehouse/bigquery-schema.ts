/** How tables and views are spelled in BigQuery. Pure. */
import type { Column, Row, Table, Value, View } from './warehouse.ts';
import { viewName } from './warehouse.ts';

/** Where a warehouse is in BigQuery. */
export type Place = { readonly project: string; readonly dataset: string };

/** When a row was appended: of two with one key the first counts. */
export const APPENDED_AT = 'appended_at';

const types: Readonly<Record<Column['type'], string>> = {
  text: 'STRING',
  integer: 'INTEGER',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
};

export type Field = {
  readonly name: string;
  readonly type: string;
  readonly mode: string;
  readonly description?: string;
};

/** The table that is appended to; under the table's own name is a view that shows each row once. */
export const appendedName = (table: string): string => `${table}_appended`;

export const fieldOf = ({ name, type, isRequired, description }: Column): Field => ({
  name,
  type: types[type],
  mode: isRequired ? 'REQUIRED' : 'NULLABLE',
  description,
});

/** Fields of the table that is appended to. */
export const fieldsOf = ({ columns }: Table): Field[] => [
  ...columns.map(fieldOf),
  { name: APPENDED_AT, type: 'TIMESTAMP', mode: 'REQUIRED', description: 'When the row was appended.' },
];

const spelled = ({ project, dataset }: Place, name: string) => `\`${project}.${dataset}.${name}\``;

/** The view that shows each row once, whatever was appended how often. */
export const onceView = (place: Place, { name, key }: Table): View => ({
  name,
  sql: `SELECT * EXCEPT (${APPENDED_AT}) FROM ${spelled(place, appendedName(name))} WHERE TRUE QUALIFY ROW_NUMBER() OVER (PARTITION BY ${key} ORDER BY ${APPENDED_AT}) = 1`,
});

/** A view whose tables are spelled with their place, without which BigQuery keeps none. */
export const placedView = (place: Place, tables: readonly Table[], { name, sql }: View): View => ({
  name: viewName(name),
  sql: tables.reduce(
    (text, table) =>
      text.replaceAll(new RegExp(`\\b(FROM|JOIN) ${table.name}\\b`, 'g'), `$1 ${spelled(place, table.name)}`),
    sql,
  ),
});

const valueFrom = (text: string | null, type: string): Value => {
  if (text === null) return null;
  if (type === 'INTEGER') return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  if (type === 'FLOAT' || type === 'NUMERIC') return Number(text);
  // Microseconds since 1970.
  return type === 'TIMESTAMP' ? new Date(Number(text) / 1000).toISOString() : text;
};

/** The rows of an answer of `jobs.query`. */
export const rowsFrom = (
  fields: readonly { readonly name: string; readonly type: string }[],
  rows: readonly { readonly f: readonly { readonly v: string | null }[] }[],
): Row[] =>
  rows.map(({ f }) =>
    Object.fromEntries(fields.map(({ name, type }, at) => [name, valueFrom(f[at]?.v ?? null, type)])),
  );
