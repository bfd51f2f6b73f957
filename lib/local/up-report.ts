import type { CatalogueLoad } from '../shop/load-catalogue.ts';
import type { PurchaseProof } from '../shop/purchase.ts';

/** The last line of `--json`. */
export type UpReport = PurchaseProof & {
  /** From the start of the process to the mail in the mailbox. */
  readonly seconds: number;
  readonly firstStart: boolean;
  readonly services: readonly {
    readonly name: string;
    /** Process id at the time of the report. */
    readonly pid?: number;
    readonly url?: string;
    readonly grpc?: string;
    readonly restarts: number;
  }[];
  readonly catalogue: CatalogueLoad;
  /** Resident memory of this process and all its children, shared pages counted in each; null where it cannot be asked. */
  readonly memoryMiB: number | null;
};
