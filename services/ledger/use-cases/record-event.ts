import type { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { chainOf, eventDigest, type LedgerEntry, ledgerSortKey } from '../../contracts/ledger/ledger-entry.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { EntryKey, LedgerTable } from '../storage/ledger-table.ts';

export type LedgerEffects = {
  readonly ledger: LedgerTable;
  /** Chains of entries that this process wrote or read; they never change. */
  readonly chains: LRUCache<string, string>;
  readonly clock: Clock;
};

/** The place after an entry, and the chain up to that one. */
export type Following = EntryKey & { readonly chain: string };

/** What became of a record. `contradicts`: another event stands in its place; it was set aside. */
export type Recorded =
  | {
      readonly outcome: 'recorded' | 'known' | 'contradicts';
      readonly entry: LedgerEntry;
      readonly traceparent: string | undefined;
      /** Where an entry may stand that waits for this one's chain; give it to {@link chainFollowing}. */
      readonly following?: Following | undefined;
    }
  | { readonly outcome: 'unreadable'; readonly why: string };

/**
 * What the ledger must understand of an event, and no more: it also keeps types and fields that are newer than itself.
 * An item of a table holds 400 KiB (Amazon DynamoDB, "Quotas"); an order of a hundred lines takes some 40.
 */
const largestEventBytes = 350_000;
const envelopeSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(100),
  type: z.string().min(1).max(200),
  subject: z.string().regex(/^ord_[0-9a-z]{26}$/),
  time: z.iso.datetime(),
  sequence: z.int().min(1).max(9_999_999_998),
  traceparent: z.string().optional(),
});

/** Enough of a digest to tell records of one place apart. */
const shortDigest = (text: string) => eventDigest(text).slice(0, 16);

const readEnvelope = (text: string) => {
  if (Buffer.byteLength(text) > largestEventBytes) return { why: `it has more than ${largestEventBytes} bytes` };
  try {
    const { data, error } = envelopeSchema.safeParse(JSON.parse(text));
    return data ? { envelope: data } : { why: z.prettifyError(error) };
  } catch (problem) {
    return { why: (problem as Error).message };
  }
};

/** Whether a record is the event that comes after another one in its order. */
const isNextOf = (text: string | undefined, { subject, sequence }: z.output<typeof envelopeSchema>): boolean => {
  const next = text === undefined ? undefined : readEnvelope(text).envelope;
  return next?.subject === subject && next.sequence === sequence + 1;
};

/** Gives entries their chains from `next` on, which could not have them while an entry before was missing. */
const chainOnwards = async (ledger: LedgerTable, next: LedgerEntry | undefined, before: string): Promise<void> => {
  let [entry, chain] = [next, before];
  while (entry && entry.chain === undefined) {
    chain = chainOf(chain, entry.digest);
    await ledger.chain(entry, chain);
    entry = await ledger.find(entry.orderId, Number(entry.sequence) + 1);
  }
};

/**
 * Looks, in one call, at what stands behind entries that were written, and gives it the chain that it waits for. Whoever ends before
 * gets the events again, and so comes here again.
 */
export const chainFollowing = async (
  { ledger }: Pick<LedgerEffects, 'ledger'>,
  places: readonly Following[],
): Promise<void> => {
  const chains = new Map(places.map((place) => [`${place.orderId}/${ledgerSortKey(place.sequence)}`, place] as const));
  for (const entry of await ledger.findAll([...chains.values()])) {
    const before = chains.get(`${entry.orderId}/${entry.sequence}`)?.chain;
    if (before !== undefined) await chainOnwards(ledger, entry, before);
  }
};

/**
 * Writes one event of an order into the ledger: once, whoever hands it over how often. An event that comes before the one that
 * precedes it is written without a chain, which it gets when that one comes. One that contradicts an entry is set aside, and so is
 * what nobody can read.
 * @param place name of the record in the log
 * @param following text of the record that is handled next, if one of the same lane is
 */
export const recordEvent = async (
  { ledger, chains, clock }: LedgerEffects,
  text: string,
  place: string,
  following?: string,
): Promise<Recorded> => {
  const recordedAt = clock.now().toISOString();
  const { envelope, why } = readEnvelope(text);
  if (!envelope) {
    await ledger.setAside({
      reason: 'unreadable',
      // Places begin again when a topic is made anew.
      name: `${place}/${shortDigest(text)}`,
      text: text.slice(0, largestEventBytes / 4),
      detail: why,
      recordedAt,
    });
    return { outcome: 'unreadable', why };
  }
  const { subject: orderId, sequence, id: eventId, type, time, traceparent } = envelope;
  const chainBefore = async () =>
    sequence === 1
      ? ''
      : (chains.get(`${orderId}/${sequence - 1}`) ?? (await ledger.find(orderId, sequence - 1))?.chain);
  const digest = eventDigest(text);
  const before = await chainBefore();
  const entry: LedgerEntry = {
    orderId,
    sequence: ledgerSortKey(sequence),
    eventId,
    type,
    time,
    event: text,
    digest,
    chain: before === undefined ? undefined : chainOf(before, digest),
    recordedAt,
  };
  const isNew = await ledger.put(entry);
  const standing = isNew ? entry : await ledger.find(orderId, sequence);
  if (standing?.digest !== digest) {
    const name = `${orderId}/${sequence}/${shortDigest(text)}`;
    const detail = `${standing?.eventId} stands in the place of ${eventId}`;
    await ledger.setAside({ reason: 'contradicts', name, text, detail, recordedAt });
    return { outcome: 'contradicts', entry, traceparent };
  }
  // Looked up after the entry was put: of two neighbours that are written at the same time, the later one sees the other.
  const known = standing.chain ?? (await chainBefore());
  const recorded = { outcome: isNew ? 'recorded' : 'known', entry: standing, traceparent } as const;
  if (standing.chain === undefined) {
    if (known !== undefined) await chainOnwards(ledger, standing, known);
    return recorded;
  }
  chains.set(`${orderId}/${sequence}`, standing.chain);
  // The one that follows sees this one, which saves the look at whether it is there already.
  const isSeenByNext = isNew && isNextOf(following, envelope);
  return isSeenByNext
    ? recorded
    : { ...recorded, following: { orderId, sequence: sequence + 1, chain: standing.chain } };
};
