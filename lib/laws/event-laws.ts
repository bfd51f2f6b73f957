import { inboxRetentionDays } from '../../services/kit/events/inbox.ts';
import { outboxRetentionDays } from '../../services/kit/events/outbox.ts';
import type { Law, LawResult, Violation } from '../../services/kit/laws/law.ts';
import { lawsElsewhere } from '../../services/kit/laws/laws-elsewhere.ts';
import { actsOn, consumedTopics } from '../../services/kit/manifest.ts';
import { eventsInLog, keptSince } from './events-in-log.ts';
import type { ConsumingService, Facts, PublishingService } from './facts.ts';

/** At most this many subjects are named per violation; the count tells the rest. */
const named = 3;

const some = (ids: readonly string[]) =>
  `${ids.slice(0, named).join(', ')}${ids.length > named ? ` and ${ids.length - named} more` : ''}`;

type OutboxRow = {
  readonly id: string;
  readonly topic: string;
  readonly published_at: Date | null;
  readonly late: boolean;
};

/** Compares both ways, each as far back as the other side keeps what it had: the outbox and every topic for days of their own. */
const checkOutbox = async (facts: Facts, { service, publishes, read }: PublishingService): Promise<LawResult> => {
  if (!read) return { checked: 0, violations: [] };
  const rows = await read<OutboxRow>(
    `SELECT id, aggregatetype AS topic, published_at,
            published_at IS NULL AND created_at < $1::timestamptz - make_interval(secs => $2) AS late FROM outbox`,
    [facts.now, facts.limitSeconds],
  );
  const violations: Violation[] = [];
  const late = rows.filter((row) => row.late).map(({ id }) => id);
  if (late.length > 0)
    violations.push({ subject: service, detail: `has not published ${late.length} events: ${some(late)}` });
  const rowsSince = keptSince(facts, outboxRetentionDays);
  for (const [topic, { retentionDays }] of Object.entries(publishes)) {
    const recordsSince = keptSince(facts, retentionDays);
    const inLog = await eventsInLog(facts, topic);
    const own = rows.filter((row) => row.topic === topic);
    const lost = own.filter(
      ({ id, published_at }) => published_at !== null && published_at >= recordsSince && !inLog.has(id),
    );
    const written = new Set(own.map(({ id }) => id));
    const foreign = [...inLog].filter(([id, { appendedAt }]) => appendedAt >= rowsSince && !written.has(id));
    if (lost.length > 0)
      violations.push({
        subject: topic,
        detail: `lacks ${lost.length} events that ${service} published: ${some(lost.map(({ id }) => id))}`,
      });
    if (foreign.length > 0)
      violations.push({
        subject: topic,
        detail: `holds ${foreign.length} events that ${service} never wrote: ${some(foreign.map(([id]) => id))}`,
      });
  }
  return { checked: rows.length, violations };
};

const outboxesDrain: Law<Facts> = {
  ...lawsElsewhere.I5,
  check: async (facts) => {
    const parts = [];
    for (const publisher of facts.publishers) parts.push(await checkOutbox(facts, publisher));
    return {
      checked: parts.reduce((sum, { checked }) => sum + checked, 0),
      violations: parts.flatMap(({ violations }) => violations),
    };
  },
};

const checkConsumer = async (facts: Facts, consumer: ConsumingService): Promise<LawResult> => {
  const { service, read } = consumer;
  const topics = consumedTopics(consumer);
  const lags = (await facts.log.lag(service)).filter((lag) => topics.includes(lag.topic) && lag.records > 0);
  const violations: Violation[] = [...Map.groupBy(lags, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
    subject: service,
    detail: `is ${ofTopic.reduce((sum, { records }) => sum + records, 0)} records behind on ${topic}`,
  }));
  let checked = 0;
  if (!read) return { checked: topics.length, violations };
  const handled = new Set(
    (
      await read<{ id: string }>(
        'SELECT event_id AS id FROM inbox WHERE consumer = $1 UNION ALL SELECT event_id FROM parked_events WHERE consumer = $1',
        [service],
      )
    ).map(({ id }) => id),
  );
  const rememberedSince = keptSince(facts, inboxRetentionDays);
  for (const topic of topics) {
    const concerning = [...(await eventsInLog(facts, topic))].filter(
      ([, { type, appendedAt }]) => appendedAt >= rememberedSince && actsOn(consumer, topic, type),
    );
    checked += concerning.length;
    const missed = concerning.map(([id]) => id).filter((id) => !handled.has(id));
    if (missed.length > 0)
      violations.push({
        subject: service,
        detail: `has neither handled nor parked ${missed.length} events of ${topic}: ${some(missed)}`,
      });
  }
  return { checked, violations };
};

const everythingHandled: Law<Facts> = {
  ...lawsElsewhere.I9,
  check: async (facts) => {
    const parts = [];
    for (const consumer of facts.consumers) parts.push(await checkConsumer(facts, consumer));
    return {
      checked: parts.reduce((sum, { checked }) => sum + checked, 0),
      violations: parts.flatMap(({ violations }) => violations),
    };
  },
};

const oneConfirmation: Law<Facts> = {
  ...lawsElsewhere.I14,
  check: async (facts) => {
    if (!facts.mails) return { checked: 0, violations: [] };
    const confirmations = new Map<string, number>();
    const all = await facts.mails();
    for (const { notificationId } of all) {
      const [orderId = '', kind] = notificationId.split(':');
      if (kind === 'order-confirmed') confirmations.set(orderId, (confirmations.get(orderId) ?? 0) + 1);
    }
    const paid = await facts.orders<{ order_id: string }>(
      `SELECT order_id FROM order_events WHERE type = 'order.paid.v1'`,
    );
    const paidIds = new Set(paid.map(({ order_id }) => order_id));
    return {
      checked: paidIds.size + all.length,
      violations: [
        ...[...paidIds]
          .filter((id) => !confirmations.has(id))
          .map((id) => ({ subject: id, detail: 'is paid and has no confirmation mail' })),
        ...[...confirmations]
          .filter(([id, count]) => count > 1 || !paidIds.has(id))
          .map(([id, count]) => ({
            subject: id,
            detail: paidIds.has(id) ? `has ${count} confirmation mails` : 'has a confirmation mail and was never paid',
          })),
      ],
    };
  },
};

export const eventLaws: readonly Law<Facts>[] = [outboxesDrain, everythingHandled, oneConfirmation];
