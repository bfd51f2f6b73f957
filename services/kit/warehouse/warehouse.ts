/** The port to a warehouse: tables whose rows are there once each, by a name that they have. */

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

export type Column = {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'timestamp' | 'date';
  readonly description: string;
  readonly isRequired?: boolean;
};

export type Table = {
  readonly name: string;
  /** Column that names a row. */
  readonly key: string;
  /** Column of type date by which a large table is divided. */
  readonly dividedBy: string;
  readonly description: string;
  readonly columns: readonly Column[];
};

export type View = { readonly name: string; readonly sql: string };

export type Schema = { readonly tables: readonly Table[]; readonly views: readonly View[] };

/** What `prepare` did; empty lists: everything was there. */
export type Prepared = { readonly created: readonly string[]; readonly added: readonly string[] };

export type Warehouse = {
  /** Creates tables that are missing, adds columns at their end, and writes views anew; rows stay as they are. */
  prepare(schema: Schema): Promise<Prepared>;
  /**
   * Adds rows. A row whose key is there already changes nothing, so that rows can be added again after any doubt. A column that the
   * warehouse lacks is a {@link WarehouseOutdated}; whatever else keeps it from answering a {@link WarehouseAway}.
   */
  append(table: string, rows: readonly Row[]): Promise<void>;
  /** Rows of a query, at most 10,000. Whole numbers beyond 2^53 are text. */
  query(sql: string): Promise<Row[]>;
  close(): Promise<void>;
};

/** The warehouse is not as the schema says: prepare it, then try again. */
export class WarehouseOutdated extends Error {
  readonly code = 'warehouse.outdated';
  constructor(detail: string) {
    super(`the warehouse is behind the schema (${detail}); run "npx cloudmart warehouse init"`);
    this.name = 'WarehouseOutdated';
  }
}

/** The warehouse does not answer, or not now. What was asked may be asked again. */
export class WarehouseAway extends Error {
  readonly code = 'warehouse.away';
  constructor(detail: string, options?: ErrorOptions) {
    super(`the warehouse does not answer (${detail}); what was asked is tried again`, options);
    this.name = 'WarehouseAway';
  }
}

/** Rows of a query beyond which it is cut. */
export const mostRows = 10_000;

/** Name of a view in a warehouse. */
export const viewName = (name: string): string => name.replaceAll('-', '_');
