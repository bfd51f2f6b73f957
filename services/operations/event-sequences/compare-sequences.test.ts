import { describe, expect, test } from '@jest/globals';
import { eventDigest, type LedgerEntry, ledgerSortKey } from '../../contracts/ledger/ledger-entry.ts';
import type { HistoryEvent } from '../storage/order-history.ts';
import { anOrder, entriesOf } from '../testing/order-books.ts';
import { compareSequences } from './compare-sequences.ts';

type Planted = { readonly history?: HistoryEvent[]; readonly entries?: LedgerEntry[] };

const compared = (plant: (events: HistoryEvent[], entries: LedgerEntry[]) => Planted) => {
  const { id, events } = anOrder(4);
  const { history = events, entries = entriesOf(events) } = plant(events, entriesOf(events));
  return compareSequences(id, history, entries).map(({ sequence, fault }) => `${sequence} ${fault}`);
};

const stranger = (entry: LedgerEntry | undefined, sequence: number): LedgerEntry[] =>
  entry ? [{ ...entry, eventId: 'evt_stranger', sequence: ledgerSortKey(sequence) }] : [];

describe('the events of an order, compared with the ledger,', () => {
  test('have no fault while all of them are there, in whichever order they are read', () => {
    expect(compared(() => ({}))).toEqual([]);
    expect(compared((_, entries) => ({ entries: entries.toReversed() }))).toEqual([]);
    expect(compareSequences('ord_1', [], [])).toEqual([]);
  });

  test.each([1, 2, 3, 4])('lack the one that the ledger does not have, the last one too: %i', (sequence) => {
    const found = compared((_, entries) => ({
      entries: entries.filter((entry) => Number(entry.sequence) !== sequence),
    }));
    expect(found).toEqual([`${sequence} missing`]);
  });

  test('lack all of them where the ledger has none', () => {
    expect(compared(() => ({ entries: [] }))).toEqual(['1 missing', '2 missing', '3 missing', '4 missing']);
  });

  test.each<[string, (events: HistoryEvent[], entries: LedgerEntry[]) => Planted, string[]]>([
    [
      'an entry whose text was changed',
      (_, entries) => ({
        entries: entries.map((entry, at) =>
          at === 1 ? { ...entry, event: entry.event.replace('data', 'date') } : entry,
        ),
      }),
      ['2 altered'],
    ],
    [
      'an entry whose text and digest were changed',
      (_, entries) => ({
        entries: entries.map((entry, at) => {
          const event = entry.event.replace('data', 'date');
          return at === 1 ? { ...entry, event, digest: eventDigest(event) } : entry;
        }),
      }),
      ['2 altered'],
    ],
    [
      'an entry that tells another type than the order',
      (events) => ({
        entries: entriesOf(events.map((event, at) => (at === 2 ? { ...event, type: 'order.refunded.v1' } : event))),
      }),
      ['3 altered'],
    ],
    [
      'an entry that the order does not know',
      (_, entries) => ({ entries: [...entries, ...stranger(entries.at(-1), 5)] }),
      ['5 unknown'],
    ],
    [
      'an event that stands there twice',
      (_, [first, ...rest]) => ({
        entries: [first, ...rest, { ...first, sequence: ledgerSortKey(5) }].filter(
          (entry) => entry !== undefined,
        ) as LedgerEntry[],
      }),
      ['5 duplicate'],
    ],
    [
      'two events that changed their places',
      (events) => ({
        entries: entriesOf([0, 2, 1, 3].map((at, place) => ({ ...(events[at] as HistoryEvent), sequence: place + 1 }))),
      }),
      ['2 reordered', '3 reordered'],
    ],
    [
      'an entry that was never joined to the one before',
      (_, entries) => ({ entries: entries.map((entry, at) => (at === 3 ? { ...entry, chain: undefined } : entry)) }),
      ['4 unchained'],
    ],
    [
      'entries without a chain behind one that is missing, which alone is named',
      (_, entries) => ({ entries: entries.slice(1).map((entry) => ({ ...entry, chain: undefined })) }),
      ['1 missing'],
    ],
    [
      'a gap in the history of the order itself',
      (events, entries) => ({ history: events.filter(({ sequence }) => sequence !== 2), entries }),
      ['2 unknown', '3 history-gap'],
    ],
  ])('show %s', (_, plant, faults) => {
    expect(compared(plant)).toEqual(faults);
  });
});
