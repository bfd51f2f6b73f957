/** Outcomes as the events that job.sql writes, with the same ids. */
import { createHash } from 'node:crypto';
import type { AnalyticsResult } from '../../contracts/events/analytics-results.ts';
import type { ClosedMinute, LateOrder, Outcome } from '../domain/minute-figures.ts';

const MINUTE_MS = 60_000;

const timeOf = (ms: number) => new Date(ms).toISOString();
/** Hexadecimal digits are Crockford's, too. */
const idOf = (content: string) => `evt_${createHash('md5').update(content).digest('hex').slice(0, 26)}`;
const minuteOf = ({ startMs, currency }: Outcome) => ({
  windowStart: timeOf(startMs),
  windowEnd: timeOf(startMs + MINUTE_MS),
  currency,
});
const envelope = (content: string, subject: string, time: string) => ({
  specversion: '1.0' as const,
  id: idOf(content),
  source: 'analytics',
  subject,
  time,
  datacontenttype: 'application/json' as const,
  sequence: 1,
});

const closedEvent = (closed: ClosedMinute): AnalyticsResult => {
  const minute = minuteOf(closed);
  const { orders, revenue, uniqueUsers } = closed;
  const name = `${minute.windowStart}/${closed.currency}`;
  return {
    ...envelope(`minute/${name}`, name, minute.windowEnd),
    type: 'analytics.minute-closed.v1',
    data: {
      ...minute,
      orders,
      revenue,
      uniqueUsers,
      averageOrderValue: Math.floor((2 * revenue + orders) / (2 * orders)),
    },
  };
};

const lateEvent = (late: LateOrder): AnalyticsResult => ({
  ...envelope(`late/${late.eventId}`, late.eventId, timeOf(late.atMs)),
  type: 'analytics.order-late.v1',
  data: { ...minuteOf(late), eventId: late.eventId, amount: late.amount },
});

export const resultEvent = (outcome: Outcome): AnalyticsResult =>
  outcome.kind === 'closed' ? closedEvent(outcome) : lateEvent(outcome);
