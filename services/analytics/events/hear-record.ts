/** Reads of a record of `order-events` what the figures need, as leniently as Flink's JSON format does with `ignore-parse-errors`. */
import { z } from 'zod';
import type { LogRecord } from '../../kit/events/event-log.ts';
import type { Heard, PaidOrder } from '../domain/minute-figures.ts';

const text = z.string().nullish().catch(null);

const recordSchema = z.object({
  id: text,
  type: text,
  subject: text,
  traceparent: text,
  time: z.iso.datetime().nullish().catch(null),
  data: z
    .object({
      order: z.object({ email: text }).nullish().catch(null),
      customer: z.object({ userId: text }).nullish().catch(null),
      captured: z
        .object({ amount: z.int().min(0).nullish().catch(null), currency: text })
        .nullish()
        .catch(null),
    })
    .nullish()
    .catch(null),
});

/** A clock may run ahead of the log's by this much. */
const AHEAD_MS = 60_000;

const parse = (value: string) => {
  try {
    return recordSchema.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
};

const paidIn = ({ id, type, data }: z.output<typeof recordSchema>): PaidOrder | undefined => {
  if (type !== 'order.paid.v1') return undefined;
  const { amount, currency } = data?.captured ?? {};
  const buyer = data?.customer?.userId ?? data?.order?.email;
  if (typeof amount !== 'number') return undefined;
  return id && currency && buyer ? { eventId: id, amount, currency, buyer } : undefined;
};

/** What a record says; one that nobody can read says nothing, and only its place is noted. */
export const hearRecord = ({ partition, offset, value, timestamp }: LogRecord, heardAt: number): Heard | undefined => {
  const place = { partition, offset, heardAt };
  const event = parse(value);
  if (!event) return undefined;
  const at = event.time ? Date.parse(event.time) : undefined;
  const isBelieved = at !== undefined && at > 0 && at <= timestamp.getTime() + AHEAD_MS;
  const paid = paidIn(event);
  return { ...place, at: isBelieved ? at : undefined, ...(paid && { paid }) };
};

/** What names an event in the logs; undefined for a record that is none. */
export const eventNamed = (value: string) => {
  const { id, type, subject, traceparent } = parse(value) ?? {};
  return id && type && subject ? { id, type, subject, ...(traceparent && { traceparent }) } : undefined;
};
