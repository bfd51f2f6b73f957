import { chainOf, eventDigest, type LedgerEntry, ledgerSortKey } from '../ledger/ledger-entry.ts';

const at = '2026-03-01T10:00:00.000Z';

/** The entries of an order, whole and in one chain, as the ledger writes them. */
export const chainedEntries = (
  orderId: string,
  events: readonly { readonly id: string; readonly type: string }[],
): LedgerEntry[] => {
  let chain = '';
  return events.map((event, index) => {
    const text = JSON.stringify(event);
    const digest = eventDigest(text);
    chain = chainOf(chain, digest);
    return {
      orderId,
      sequence: ledgerSortKey(index + 1),
      eventId: event.id,
      type: event.type,
      time: at,
      event: text,
      digest,
      chain,
      recordedAt: at,
    };
  });
};
