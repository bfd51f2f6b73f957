import type { SequenceFinding } from '../../contracts/http/operations/event-sequences-api.ts';
import { checkEntries, type LedgerEntry, type LedgerFault } from '../../contracts/ledger/ledger-entry.ts';
import type { HistoryEvent } from '../storage/order-history.ts';

/** What the ledger's own check calls it, as staff are told. What is missing is found against the order, which knows its last events too. */
const faults: Readonly<Record<Exclude<LedgerFault['fault'], 'missing'>, string>> = {
  altered: 'altered',
  doubled: 'duplicate',
  unchained: 'unchained',
};

const nameOf = (
  entry: LedgerEntry,
): { readonly id?: unknown; readonly type?: unknown; readonly sequence?: unknown } => {
  try {
    return (JSON.parse(entry.event) ?? {}) as object;
  } catch {
    return {};
  }
};

/** Whether an entry says in its text what it says beside it, and what the order says. */
const isTold = (entry: LedgerEntry, event: HistoryEvent): boolean => {
  const { id, type, sequence } = nameOf(entry);
  return id === event.eventId && type === event.type && entry.type === event.type && sequence === event.sequence;
};

/**
 * Compares the events of one order with its entries in the ledger. One finding a fault: an event at a wrong place is reordered and
 * neither missing nor unknown, and what has no chain because something before it is missing is not named itself.
 */
export const compareSequences = (
  orderId: string,
  history: readonly HistoryEvent[],
  entries: readonly LedgerEntry[],
): SequenceFinding[] => {
  const finding = (sequence: number, eventId: string | null, fault: string, detail: string): SequenceFinding => ({
    ...{ orderId, sequence, eventId, fault, detail },
  });
  const bySequence = new Map(entries.map((entry) => [Number(entry.sequence), entry]));
  const known = new Map(history.map((event) => [event.eventId, event]));
  const recorded = new Set(entries.map(({ eventId }) => eventId));
  const gaps = history.flatMap(({ sequence, eventId }, at) =>
    sequence === (history[at - 1]?.sequence ?? 0) + 1
      ? []
      : [
          finding(
            sequence,
            eventId,
            'history-gap',
            `the history jumps from ${history[at - 1]?.sequence ?? 0} to ${sequence}`,
          ),
        ],
  );
  const ofHistory = history.flatMap((event) => {
    const entry = bySequence.get(event.sequence);
    if (entry?.eventId === event.eventId)
      return isTold(entry, event)
        ? []
        : [
            finding(
              event.sequence,
              event.eventId,
              'altered',
              `the entry is not ${event.type} ${event.sequence} of the order`,
            ),
          ];
    if (!recorded.has(event.eventId))
      return [finding(event.sequence, event.eventId, 'missing', `${event.type} is not in the ledger`)];
    const at = entries.find(({ eventId }) => eventId === event.eventId)?.sequence;
    return [finding(event.sequence, event.eventId, 'reordered', `the ledger has it at ${Number(at)}`)];
  });
  const strangers = entries
    .filter(({ eventId }) => !known.has(eventId))
    .map((entry) => finding(Number(entry.sequence), entry.eventId, 'unknown', `the order does not know ${entry.type}`));
  const named = new Set([...ofHistory, ...strangers].map(({ sequence }) => sequence));
  const isMissingBefore = (sequence: number) =>
    ofHistory.some((one) => one.fault === 'missing' && one.sequence < sequence);
  const faultsOfEntries = checkEntries(entries);
  const doubled = new Set(faultsOfEntries.filter(({ fault }) => fault === 'doubled').map(({ sequence }) => sequence));
  const isNamed = (sequence: number) => named.has(sequence) || doubled.has(sequence);
  const ofEntries = faultsOfEntries.flatMap(({ fault, sequence, detail }) => {
    if (fault === 'missing' || (fault !== 'doubled' && isNamed(sequence))) return [];
    if (fault === 'unchained' && isMissingBefore(sequence)) return [];
    return [finding(sequence, bySequence.get(sequence)?.eventId ?? null, faults[fault], detail)];
  });
  return [...gaps, ...ofHistory, ...strangers, ...ofEntries].toSorted((a, b) => a.sequence - b.sequence);
};
