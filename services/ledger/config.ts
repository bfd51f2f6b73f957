import * as z from 'zod';

/** The ledger has nothing to set: its table follows from the manifest. */
export const ledgerConfig = z.object({});

export type LedgerConfig = z.output<typeof ledgerConfig>;
