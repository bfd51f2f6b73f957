import { checkEntries, type LedgerEntry } from '../../services/contracts/ledger/ledger-entry.ts';
import type { Law, Violation } from '../../services/kit/laws/law.ts';
import { lawsElsewhere } from '../../services/kit/laws/laws-elsewhere.ts';
import type { Facts } from './facts.ts';

type OrderEventRow = { readonly order_id: string; readonly sequence: number; readonly event_id: string };

const ofOrder = (orderId: string, events: readonly OrderEventRow[], entries: readonly LedgerEntry[]): Violation[] => {
  const recorded = new Map(entries.map((entry) => [Number(entry.sequence), entry.eventId]));
  const happened = new Map(events.map(({ sequence, event_id }) => [Number(sequence), event_id]));
  const faults = checkEntries(entries).filter(({ fault }) => fault !== 'missing');
  return [
    ...[...happened]
      .filter(([sequence]) => !recorded.has(sequence))
      .map(([sequence, id]) => ({ subject: orderId, detail: `event ${sequence} (${id}) is not in the ledger` })),
    ...[...recorded]
      .filter(([sequence, id]) => happened.get(sequence) !== id)
      .map(([sequence, id]) => ({
        subject: orderId,
        detail: `the ledger has ${id} as event ${sequence}; the order does not`,
      })),
    ...faults.map(({ sequence, detail }) => ({
      subject: orderId,
      detail: `entry ${sequence} of the ledger: ${detail}`,
    })),
  ];
};

const ledgerIsWhole: Law<Facts> = {
  ...lawsElsewhere.I15,
  check: async ({ orders, ledger }) => {
    if (!ledger) return { checked: 0, violations: [] };
    const events = Map.groupBy(
      await orders<OrderEventRow>(
        'SELECT order_id, sequence, event_id FROM order_events e WHERE EXISTS (SELECT FROM orders o WHERE o.id = e.order_id)',
      ),
      ({ order_id }) => order_id,
    );
    const entries = Map.groupBy(await ledger(), ({ orderId }) => orderId);
    // What an order itself has a gap in, I3 names; there is nothing to compare with.
    const isWhole = (id: string) =>
      (events.get(id) ?? []).every(({ sequence }, _at, all) => Number(sequence) <= all.length);
    const ids = [...new Set([...events.keys(), ...entries.keys()])].filter(isWhole);
    return {
      checked: ids.length,
      violations: ids.flatMap((id) => ofOrder(id, events.get(id) ?? [], entries.get(id) ?? [])),
    };
  },
};

export const ledgerLaws: readonly Law<Facts>[] = [ledgerIsWhole];
