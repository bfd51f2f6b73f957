import { UnknownTopic } from '../../services/kit/events/event-log.ts';
import { actsOn, consumedTopics } from '../../services/kit/manifest.ts';
import type { ConsumingService, Facts, Law, LawResult, PublishingService, Violation } from './law.ts';

/** At most this many subjects are named per violation; the count tells the rest. */
const named = 3;

const some = (ids: readonly string[]) =>
  `${ids.slice(0, named).join(', ')}${ids.length > named ? ` and ${ids.length - named} more` : ''}`;

/** Records of one question to the log. */
const pageSize = 1_000;

/** Ids of the events of a topic that the log holds, each with its type where its record says it; none of a topic that nobody has made yet. */
const eventsInLog = async ({ log }: Facts, topic: string): Promise<Map<string, string | undefined>> => {
  const partitions = await log.offsets(topic).catch((problem: unknown) => {
    if (problem instanceof UnknownTopic) return [];
    throw problem;
  });
  const types = new Map<string, string | undefined>();
  for (const { partition, earliest, end } of partitions)
    for (let from = earliest; from < end; ) {
      const page = await log.read({ topic, partition, from, limit: pageSize });
      for (const { headers } of page) if (headers['id']) types.set(headers['id'], headers['type']);
      from = (page.at(-1)?.offset ?? end) + 1;
    }
  return types;
};

const checkOutbox = async (facts: Facts, { service, topics, read }: PublishingService): Promise<LawResult> => {
  if (!read) return { checked: 0, violations: [] };
  const rows = await read<{ id: string; topic: string; published: boolean; late: boolean }>(
    `SELECT id, aggregatetype AS topic, published_at IS NOT NULL AS published,
            published_at IS NULL AND created_at < $1::timestamptz - make_interval(secs => $2) AS late FROM outbox`,
    [facts.now, facts.limitSeconds],
  );
  const violations: Violation[] = [];
  const late = rows.filter((row) => row.late).map(({ id }) => id);
  if (late.length > 0)
    violations.push({ subject: service, detail: `has not published ${late.length} events: ${some(late)}` });
  for (const topic of topics) {
    const inLog = await eventsInLog(facts, topic);
    const own = new Set(rows.filter((row) => row.topic === topic).map(({ id }) => id));
    const lost = rows.filter((row) => row.topic === topic && row.published && !inLog.has(row.id)).map(({ id }) => id);
    const foreign = [...inLog.keys()].filter((id) => !own.has(id));
    if (lost.length > 0)
      violations.push({
        subject: topic,
        detail: `lacks ${lost.length} events that ${service} published: ${some(lost)}`,
      });
    if (foreign.length > 0)
      violations.push({
        subject: topic,
        detail: `holds ${foreign.length} events that ${service} never wrote: ${some(foreign)}`,
      });
  }
  return { checked: rows.length, violations };
};

const outboxesDrain: Law = {
  id: 'I5',
  sentence: 'what a service wrote to its outbox is in the log, and nothing else is',
  when: 'quiet',
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
  for (const topic of topics) {
    const concerning = [...(await eventsInLog(facts, topic))].filter(([, type]) => actsOn(consumer, topic, type));
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

const everythingHandled: Law = {
  id: 'I9',
  sentence: 'every published event is handled or parked by every consumer that acts on its type',
  when: 'quiet',
  check: async (facts) => {
    const parts = [];
    for (const consumer of facts.consumers) parts.push(await checkConsumer(facts, consumer));
    return {
      checked: parts.reduce((sum, { checked }) => sum + checked, 0),
      violations: parts.flatMap(({ violations }) => violations),
    };
  },
};

const oneConfirmation: Law = {
  id: 'I14',
  sentence: 'every paid order has exactly one confirmation mail, and no other order has one',
  when: 'quiet',
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

export const eventLaws: readonly Law[] = [outboxesDrain, everythingHandled, oneConfirmation];
