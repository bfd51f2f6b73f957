/** That the log tells of a subject in the order in which it changed. */
import { UnknownTopic } from '../../services/kit/events/event-log.ts';
import type { Law, Violation } from '../../services/kit/laws/law.ts';
import { lawsElsewhere } from '../../services/kit/laws/laws-elsewhere.ts';
import type { Facts, PublishingService } from './facts.ts';

/** Records of one question to the log. */
const pageSize = 1_000;

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

const toldInOrder: Law<Facts> = {
  ...lawsElsewhere.I17,
  check: async (facts) => {
    const parts = [];
    for (const publisher of facts.publishers) parts.push(await checkOrder(facts, publisher));
    return {
      checked: parts.reduce((sum, { checked }) => sum + checked, 0),
      violations: parts.flatMap(({ violations }) => violations),
    };
  },
};

export const historyLaws: readonly Law<Facts>[] = [toldInOrder];
