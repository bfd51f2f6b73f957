/** What must be true of the data, whatever crashed on the way. Names and numbers are those of docs/laws.md. */
import type { LedgerEntry } from '../../services/contracts/ledger/ledger-entry.ts';
import type { EventLog } from '../../services/kit/events/event-log.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { MailSummary } from '../shop/mail-folder.ts';

export type Row = Record<string, unknown>;

/** Reads rows from one service's database. */
export type Read = <R extends Row = Row>(text: string, values?: readonly unknown[]) => Promise<R[]>;

/** `read` asks the service's own database; absent for functions, which own none. */
export type PublishingService = Pick<ServiceManifest, 'publishes'> & { readonly service: string; readonly read?: Read };
export type ConsumingService = Pick<ServiceManifest, 'consumes'> & { readonly service: string; readonly read?: Read };

/** Where the facts are. A law reads; nothing here can write. */
export type Facts = {
  readonly orders: Read;
  readonly products: Read;
  readonly payments: Read;
  /** What staff know of dead letters; undefined: this shop has nobody who replays them. */
  readonly operations: Read | undefined;
  /** The log that the services use, whichever it is. */
  readonly log: Pick<EventLog, 'offsets' | 'read' | 'lag'>;
  readonly publishers: readonly PublishingService[];
  readonly consumers: readonly ConsumingService[];
  /** Every mail that was sent; undefined: this shop sends none. */
  readonly mails: (() => Promise<readonly Pick<MailSummary, 'notificationId'>[]>) | undefined;
  /** Every entry of the ledger, by whatever order; undefined: this shop has none. */
  readonly ledger: (() => Promise<readonly LedgerEntry[]>) | undefined;
  /** What a client was promised: orders answered with 201, as its own history has them. */
  readonly promises: readonly AcceptedOrder[];
  readonly now: Date;
  /** Seconds after which unfinished work counts as stuck. */
  readonly limitSeconds: number;
};

export type AcceptedOrder = { readonly orderId: string; readonly idempotencyKey: string; readonly total: number };

export type Violation = { readonly subject: string; readonly detail: string };

export type LawResult = {
  /** How many things were looked at. */
  readonly checked: number;
  readonly violations: readonly Violation[];
};

export type Law = {
  readonly id: string;
  readonly sentence: string;
  /** `always`: also while faults happen. `quiet`: once the platform has had time to finish. */
  readonly when: 'always' | 'quiet';
  readonly check: (facts: Facts) => Promise<LawResult>;
};

/** A finding over rows of which each is a violation; `count` says how many there were to break the law. */
export const lawResult = <R extends Row>(
  checked: number,
  broken: readonly R[],
  subject: (row: R) => string,
  detail: (row: R) => string,
): LawResult => ({
  checked,
  violations: broken.map((row) => ({ subject: subject(row), detail: detail(row) })),
});

export const countOf = async (read: Read, table: string): Promise<number> => {
  const [row] = await read<{ count: string }>(`SELECT count(*) AS count FROM ${table}`);
  return Number(row?.count ?? 0);
};
