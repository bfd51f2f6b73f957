/** The events that the log holds, and since when it and others must still hold them. */
import { UnknownTopic } from '../../services/kit/events/event-log.ts';
import type { Facts } from './facts.ts';

/** Records of one question to the log. */
const pageSize = 1_000;

const dayMs = 86_400_000;
/** Clocks that differ and jobs that come late: what is this close to the end of its time is asked of nobody. */
const graceMs = 3_600_000;

/** Since when whoever keeps something for so many days must still have it. */
export const keptSince = ({ now }: Pick<Facts, 'now'>, days: number): Date =>
  new Date(now.getTime() - days * dayMs + graceMs);

export type EventInLog = {
  readonly type: string | undefined;
  readonly offset: number;
  readonly appendedAt: Date;
};

/**
 * The events of a topic that the log holds, by id, each as its last record has it, with its type where the record says it; none of a topic
 * that nobody has made yet.
 */
export const eventsInLog = async ({ log }: Pick<Facts, 'log'>, topic: string): Promise<Map<string, EventInLog>> => {
  const partitions = await log.offsets(topic).catch((problem: unknown) => {
    if (problem instanceof UnknownTopic) return [];
    throw problem;
  });
  const events = new Map<string, EventInLog>();
  for (const { partition, earliest, end } of partitions)
    for (let from = earliest; from < end; ) {
      const page = await log.read({ topic, partition, from, limit: pageSize });
      for (const { headers, offset, timestamp } of page)
        if (headers['id']) events.set(headers['id'], { type: headers['type'], offset, appendedAt: timestamp });
      from = (page.at(-1)?.offset ?? end) + 1;
    }
  return events;
};
