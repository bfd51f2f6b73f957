/** Everything that the laws may look at on a platform whose databases, log and mails are at hand. */
import type { LedgerEntry } from '../../services/contracts/ledger/ledger-entry.ts';
import type { EventLog } from '../../services/kit/events/event-log.ts';
import type { Read, StoredFacts } from '../../services/kit/laws/law.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { MailSummary } from '../shop/mail-folder.ts';

/** `read` asks the service's own database; absent for functions, which own none. */
export type PublishingService = Pick<ServiceManifest, 'publishes'> & { readonly service: string; readonly read?: Read };
export type ConsumingService = Pick<ServiceManifest, 'consumes'> & { readonly service: string; readonly read?: Read };

export type Facts = StoredFacts & {
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
};
