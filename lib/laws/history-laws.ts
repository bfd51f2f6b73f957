/** That every event of an order was noted for the others, and that the log tells of a subject in the order in which it changed. */
import { UnknownTopic } from '../../services/kit/events/event-log.ts';
import { outboxRetentionDays } from '../../services/kit/events/outbox.ts';
import { countOf, type Facts, type Law, lawResult, type PublishingService, type Violation } from './law.ts';

/** Hours that rows of the outbox may be pruned early, for clocks that differ. */
const graceHours = 1;
/** Records of one question to the log. */
const pageSize = 1_000;

const everyEventNoted: Law = {
  id: 'I16',
  sentence: 'every event of an order has its row in the outbox',
  when: 'always',
  check: async ({ orders, now }) => {
    // A history without an order is named by I3.
    const unnoted = await orders<{ order_id: string; sequence: number; event_id: string }>(
      `SELECT order_id, sequence, event_id FROM order_events e
        WHERE at > $1::timestamptz - make_interval(days => $2, hours => -$3::int) AND NOT EXISTS (SELECT FROM outbox n WHERE n.id = e.event_id)
          AND EXISTS (SELECT FROM orders o WHERE o.id = e.order_id)`,
      [now, outboxRetentionDays, graceHours],
    );
    return lawResult(
      await countOf(orders, 'order_events'),
      unnoted,
      ({ order_id }) => order_id,
      ({ sequence, event_id }) => `event ${sequence} (${event_id}) was never noted for the others`,
    );
  },
};

type Told = { readonly partition: number; readonly key: string; readonly id: string };
type Noted = { readonly id: string; readonly subject: string; readonly sequence: string };

/** Records of a topic in the order of each partition; none of a topic that nobody has made yet. */
const recordsOf = async ({ log }: Facts, topic: string): Promise<Told[]> => {
  const partitions = await log.offsets(topic).catch((problem: unknown) => {
    if (problem instanceof UnknownTopic) return [];
    throw problem;
  });
  const told: Told[] = [];
  for (const { partition, earliest, end } of partitions)
    for (let from = earliest; from < end; ) {
      const page = await log.read({ topic, partition, from, limit: pageSize });
      told.push(...page.map(({ key, headers }) => ({ partition, key, id: headers['id'] ?? '' })));
      from = (page.at(-1)?.offset ?? end) + 1;
    }
  return told;
};

/** Of one subject: an event may come again, and never first after a later one. */
const outOfOrder = (subject: string, told: readonly Told[], noted: ReadonlyMap<string, Noted>): Violation[] => {
  const places = new Set(told.map(({ partition }) => partition));
  if (places.size > 1)
    return [{ subject, detail: `is told of in ${places.size} partitions, which nobody reads in order` }];
  let last = 0;
  for (const id of new Set(told.map((record) => record.id))) {
    const sequence = Number(noted.get(id)?.sequence ?? last);
    if (sequence < last) return [{ subject, detail: `event ${sequence} (${id}) came after event ${last}` }];
    last = sequence;
  }
  return [];
};

const checkOrder = async (facts: Facts, { publishes, read }: PublishingService) => {
  if (!read) return { checked: 0, violations: [] };
  const rows = await read<Noted>('SELECT id, aggregateid AS subject, sequence FROM outbox');
  const noted = new Map(rows.map((row) => [row.id, row]));
  let checked = 0;
  const violations: Violation[] = [];
  for (const topic of Object.keys(publishes)) {
    const records = await recordsOf(facts, topic);
    checked += records.length;
    // By what the outbox says it is about: a record under a wrong key would else be a subject of its own.
    for (const [subject, told] of Map.groupBy(records, ({ key, id }) => noted.get(id)?.subject ?? key))
      violations.push(...outOfOrder(subject, told, noted));
  }
  return { checked, violations };
};

const toldInOrder: Law = {
  id: 'I17',
  sentence: 'the log tells of each subject in one partition and in the order in which it changed',
  when: 'always',
  check: async (facts) => {
    const parts = [];
    for (const publisher of facts.publishers) parts.push(await checkOrder(facts, publisher));
    return {
      checked: parts.reduce((sum, { checked }) => sum + checked, 0),
      violations: parts.flatMap(({ violations }) => violations),
    };
  },
};

export const historyLaws: readonly Law[] = [everyEventNoted, toldInOrder];
