/** One event of an order as the ledger keeps it, and the chain of digests that makes a hole or a change visible. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

const digestSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** Digits of a sequence in a sort key, so that text sorts as numbers do. */
const sequenceDigits = 10;

/** The sort key of an event: its sequence with leading zeros. */
export const ledgerSortKey = (sequence: number): string => String(sequence).padStart(sequenceDigits, '0');

/** An item of the table `order-events`. */
export const ledgerEntrySchema = z.object({
  orderId: z.string().min(1),
  /** `ledgerSortKey` of the event's sequence. */
  sequence: z.string().regex(/^\d{10}$/),
  eventId: z.string().min(1),
  type: z.string().min(1),
  /** When it happened, ISO 8601. */
  time: z.string().min(1),
  /** The event as it was published, letter for letter. */
  event: z.string().min(1),
  /** `eventDigest` of `event`. */
  digest: digestSchema,
  /** `chainOf` the entry before and this one; absent while an entry before it is missing. */
  chain: digestSchema.optional(),
  /** When the ledger wrote it, ISO 8601. */
  recordedAt: z.string().min(1),
});
export type LedgerEntry = z.output<typeof ledgerEntrySchema>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Digest of an event's text, SHA-256 in hex. */
export const eventDigest = (event: string): string => sha256(event);

/** The chain up to an entry. @param before chain of the entry before; '' for the first of an order */
export const chainOf = (before: string, digest: string): string => sha256(`${before}${digest}`);

/** What is wrong with an order's entries. `missing`: an event between others or the first is not there. */
export type LedgerFault = {
  readonly fault: 'missing' | 'altered' | 'doubled' | 'unchained';
  readonly sequence: number;
  readonly detail: string;
};

const faultOf = (entry: LedgerEntry, before: string | undefined): Omit<LedgerFault, 'sequence'> | undefined => {
  if (eventDigest(entry.event) !== entry.digest)
    return { fault: 'altered', detail: `${entry.eventId} is not the text that was recorded` };
  if (entry.chain === undefined)
    return { fault: 'unchained', detail: `${entry.eventId} was recorded before the event that precedes it` };
  if (before !== undefined && entry.chain !== chainOf(before, entry.digest))
    return { fault: 'altered', detail: `${entry.eventId} does not follow from the entry before it` };
  return undefined;
};

/**
 * Everything that is wrong with the entries of one order, in the order of their sequences; none: they are whole and unchanged.
 * That the last events are missing nobody can see here: compare with what the order published.
 */
export const checkEntries = (entries: readonly LedgerEntry[]): LedgerFault[] => {
  const faults: LedgerFault[] = [];
  const seen = new Map<string, number>();
  let expected = 1;
  let before: string | undefined = '';
  for (const entry of entries.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1))) {
    const sequence = Number(entry.sequence);
    for (; expected < sequence; expected++) {
      faults.push({ fault: 'missing', sequence: expected, detail: `no event with sequence ${expected} was recorded` });
      before = undefined;
    }
    const first = seen.get(entry.eventId);
    if (first !== undefined)
      faults.push({ fault: 'doubled', sequence, detail: `${entry.eventId} stands at ${first} as well` });
    seen.set(entry.eventId, sequence);
    const fault = faultOf(entry, before);
    if (fault) faults.push({ ...fault, sequence });
    before = entry.chain;
    expected = sequence + 1;
  }
  return faults;
};
