declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Times are milliseconds that a table stays in its passing states; `path` keeps the tables, absent: memory only. */
  const dynalite: (options: {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }) => Server;
  export = dynalite;
}
