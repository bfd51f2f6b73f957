import type { ConstructorOptions } from 'pg-boss';
import type { Sql } from '../storage/database.ts';

/** Names of statements by their text; what comes after the last of them is planned at each use. */
const names = new Map<string, string>();
const mostNames = 100;

/** Few texts, most of them sent all the time: a connection plans each once. One without values may hold several statements, which cannot be prepared. */
const nameOf = (text: string, values: readonly unknown[] | undefined): string | undefined => {
  if (!values?.length) return undefined;
  const known = names.get(text);
  if (known || names.size >= mostNames) return known;
  const name = `jobs-${names.size}`;
  names.set(text, name);
  return name;
};

/** Has pg-boss send its statements through the service's own pool or transaction. */
export const adapterOf = (sql: Sql): NonNullable<ConstructorOptions['db']> => ({
  executeSql: (text, values) => {
    const name = nameOf(text, values);
    return sql.query(text, values, name === undefined ? {} : { name });
  },
});
