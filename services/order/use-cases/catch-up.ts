/**
 * After its database was restored to an earlier time, the log knows more of the orders than it does: what they had become in between was
 * published, read by others and paid for. A start reads the end of the own topic and takes back what is in no history, before anybody
 * drives an order, or it would be decided, and charged, a second time.
 */
import type { OrderEvent as ToldEvent } from '../../contracts/events/order-events.ts';
import type { EventLog, GroupOffset, LogRecord } from '../../kit/events/event-log.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { evolve, type Order } from '../domain/order.ts';
import { toldEvent } from '../domain/told-event.ts';
import type { OrderRepository } from '../storage/order-repository.ts';
import type { Told, ToldOrders } from '../storage/told-orders.ts';

export type CatchUpEffects = {
  readonly log: Pick<EventLog, 'topics' | 'offsets' | 'offsetsSince' | 'read'>;
  readonly told: ToldOrders;
  readonly orders: Pick<OrderRepository, 'find' | 'append'>;
  readonly parse: (value: string) => ToldEvent | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type CaughtUp = { readonly orders: number; readonly events: number; readonly refused: number };

const topic = 'order-events';
const readAtOnce = 500;
/** Clocks of the log and of the database may differ by this much. */
const marginMs = 60_000;

const startsOf = async ({ log, told }: CatchUpEffects): Promise<readonly GroupOffset[]> => {
  // The first start of all finds none.
  if (!(await log.topics()).includes(topic)) return [];
  const until = await told.publishedUntil();
  if (until) return log.offsetsSince(topic, new Date(until.getTime() - marginMs));
  return (await log.offsets(topic)).map(({ partition, earliest }) => ({ topic, partition, offset: earliest }));
};

type Message = { readonly message: ToldEvent; readonly value: string };

/** Events of a page that no history has, in their order; one that comes again counts once. */
const unknownOf = async ({ told, parse }: CatchUpEffects, records: readonly LogRecord[]): Promise<Message[]> => {
  const unknown = await told.unknown(records.flatMap(({ headers }) => headers['id'] ?? []));
  return records.flatMap(({ headers, value }) => {
    if (!unknown.delete(headers['id'] ?? '')) return [];
    const message = parse(value);
    return message ? [{ message, value }] : [];
  });
};

/** The events of one order, each on the one before; undefined where they do not follow from what the database has. */
const follow = (before: Order | null, messages: readonly Message[]): Told[] | undefined => {
  const told: Told[] = [];
  let order = before;
  for (const { message, value } of messages) {
    if (message.sequence !== (order?.version ?? 0) + 1) return undefined;
    const event = toldEvent(message);
    order = evolve(order, event);
    told.push({ event, eventId: message.id, after: order, message, value });
  }
  return told;
};

/** Takes back what was told of one order. Returns whether it did; false: what was told does not follow from what the database has. */
const takeBack = async (effects: CatchUpEffects, orderId: string, messages: readonly Message[]): Promise<boolean> => {
  const { orders, told, clock, logger } = effects;
  const before = await orders.find(orderId);
  try {
    const events = follow(before, messages);
    if (events && (await told.write(before, events))) {
      const order = events.at(-1)?.after;
      // The token with which to charge is in no message, so that the purchase cannot go on; whatever it took is given back.
      if (!before && order && (order.status === 'pending' || order.status === 'stock-reserved'))
        await orders.append(order, [
          { type: 'order.cancelled.v1', at: clock.now().toISOString(), reason: 'timed-out' },
        ]);
      return true;
    }
    // Another process may have started at the same time, and taken it back.
    const unknown = await told.unknown(messages.map(({ message }) => message.id));
    if (unknown.size === 0) return true;
  } catch (error) {
    logger.error({ error, orderId }, 'what was told of an order cannot be taken back');
    return false;
  }
  logger.error(
    { orderId, version: before?.version ?? 0, told: messages.map(({ message }) => message.sequence) },
    'what was told of an order does not follow from what the database has; compare it with the ledger',
  );
  return false;
};

/** Takes back what the log has and the database has not. Reads a few minutes of the topic where there is nothing of the kind. */
export const catchUp = async (effects: CatchUpEffects): Promise<CaughtUp> => {
  const { log, logger } = effects;
  let [orders, events, refused] = [0, 0, 0];
  for (const { partition, offset } of await startsOf(effects))
    for (let from = offset; ; ) {
      const records = await log.read({ topic, partition, from, limit: readAtOnce });
      const bySubject = Map.groupBy(await unknownOf(effects, records), ({ message }) => message.subject);
      for (const [orderId, messages] of bySubject) {
        if (await takeBack(effects, orderId, messages)) {
          orders += 1;
          events += messages.length;
        } else refused += 1;
      }
      const last = records.at(-1);
      if (!last) break;
      from = last.offset + 1;
    }
  if (orders + refused > 0)
    logger.warn(
      { orders, events, refused },
      'the log knew more than the database, which was restored to an earlier time',
    );
  return { orders, events, refused };
};
