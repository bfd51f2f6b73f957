import type { SequenceFinding, SequenceRepair } from '../../contracts/http/operations/event-sequences-api.ts';
import type { EventLog, NewRecord } from '../../kit/events/event-log.ts';
import { type PerformActEffects, performAct } from '../use-cases/perform-act.ts';
import { type CheckSequencesEffects, checkOrders } from './check-sequences.ts';

export type RepairSequencesEffects = CheckSequencesEffects &
  PerformActEffects & { readonly log: Pick<EventLog, 'offsets' | 'offsetsSince' | 'read' | 'append'> };

export type RepairRequest = {
  readonly actor: string;
  readonly reason: string;
  readonly dryRun: boolean;
  readonly orders: readonly string[];
};

const topic = 'order-events';
/** An event is published within this time of when it happened; an outage of the log may make it later, and the outbox keeps it then. */
const searchedMs = { before: 60_000, after: 900_000 };
const readAtOnce = 500;

type Copy = { readonly record: NewRecord; readonly source: NonNullable<SequenceRepair['source']> };

/** The record as it was published, from the partitions of the topic around the time of the event. */
const fromTopic = async (
  { log }: RepairSequencesEffects,
  eventId: string,
  key: string,
  at: Date,
): Promise<NewRecord | undefined> => {
  for (const { partition, offset } of await log.offsetsSince(topic, new Date(at.getTime() - searchedMs.before)))
    for (let from = offset; ; ) {
      const records = await log.read({ topic, partition, from, limit: readAtOnce });
      const found = records.find((record) => record.headers['id'] === eventId && record.key === key);
      if (found) return { key, value: found.value, headers: found.headers };
      const last = records.at(-1);
      if (!last || last.timestamp.getTime() > at.getTime() + searchedMs.after) break;
      from = last.offset + 1;
    }
  return undefined;
};

const fromText = (key: string, value: string): NewRecord => {
  const { id = '', type = '', traceparent } = JSON.parse(value) as { id?: string; type?: string; traceparent?: string };
  return { key, value, headers: { id, type, ...(traceparent && { traceparent }) } };
};

/** A copy of what a finding lacks; undefined: none is left, or a copy would not repair it. */
const copyFor = async (
  effects: RepairSequencesEffects,
  { orderId, sequence, eventId, fault }: SequenceFinding,
): Promise<Copy | undefined> => {
  if (eventId === null) return undefined;
  if (fault === 'unchained') {
    // Whoever hands it over again lets the ledger join it to what came before.
    const entry = (await effects.ledger.entriesOf(orderId)).find((each) => Number(each.sequence) === sequence);
    return entry && { record: fromText(orderId, entry.event), source: 'ledger' };
  }
  if (fault !== 'missing') return undefined;
  const event = (await effects.orders.eventsOf([orderId])).find((each) => each.eventId === eventId);
  const record = event && (await fromTopic(effects, eventId, orderId, event.at));
  if (record) return { record, source: 'topic' };
  const message = await effects.orders.messageOf(eventId);
  return message === undefined ? undefined : { record: fromText(orderId, message), source: 'outbox' };
};

/**
 * Publishes again what the ledger lacks of these orders, with the ids that the events have; a consumer that handled one drops it. Looks
 * first, so that what was repaired meanwhile is left alone.
 */
export const repairSequences = async (
  effects: RepairSequencesEffects,
  { actor, reason, dryRun, orders }: RepairRequest,
): Promise<{ repairs: SequenceRepair[]; actId: string | null }> => {
  const { findings } = await checkOrders(effects, [...new Set(orders)]);
  const copies: (Copy | undefined)[] = [];
  for (const finding of findings) copies.push(await copyFor(effects, finding));
  const results = (result: 'would-repair' | 'repaired'): SequenceRepair[] =>
    findings.map((finding, at) => ({
      ...finding,
      result: copies[at] ? result : 'left',
      source: copies[at]?.source ?? null,
    }));
  const records = copies.flatMap((copy) => copy?.record ?? []);
  if (dryRun || records.length === 0) return { repairs: results('would-repair'), actId: null };
  const events = findings.filter((_, at) => copies[at]).map(({ orderId, sequence }) => `${orderId}/${sequence}`);
  return performAct(effects, { actor, act: 'events.repair', subject: { orders }, reason }, async (actId) => {
    await effects.log.append(topic, records);
    return { result: { repairs: results('repaired'), actId }, detail: { published: events } };
  });
};
