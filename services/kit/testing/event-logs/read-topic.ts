import type { EventLog, LogRecord } from '../../events/event-log.ts';

/** Records of a topic that a group has not handled yet, also of partitions that it has not taken up: those it has no lag for. */
export const unreadBy = async (log: EventLog, group: string, topic: string): Promise<number> => {
  const [partitions, lag] = [await log.offsets(topic), await log.lag(group)];
  return partitions.reduce((sum, { partition, earliest, end }) => {
    const known = lag.find((each) => each.topic === topic && each.partition === partition);
    return sum + (known ? known.records : end - earliest);
  }, 0);
};

/** Records of one question to the log: small, so that tests read over the edge of a page too. */
const pageSize = 500;

/** Every record of a topic up to its end at the time of the call, by partition and offset, however many there are. */
export const readTopic = async (log: EventLog, topic: string): Promise<LogRecord[]> => {
  const partitions = await log.offsets(topic);
  const records = await Promise.all(
    partitions.map(async ({ partition, earliest, end }) => {
      const read: LogRecord[] = [];
      for (let from = earliest; from < end; from = (read.at(-1)?.offset ?? end) + 1) {
        const page = await log.read({ topic, partition, from, limit: pageSize });
        if (page.length === 0)
          throw new Error(`${topic}/${partition} ends at ${end}, but holds no record from ${from} on`);
        read.push(...page);
      }
      return read;
    }),
  );
  return records.flat();
};
