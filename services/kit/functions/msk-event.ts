import type { MSKEvent, MSKRecord } from 'aws-lambda';
import type { RecordSource } from './event-source-mapping.ts';

/** One record of a log, as far as a function sees it. */
export type FunctionRecord = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: Date;
};

/** Name of a partition in an MSK event and in its partial-batch answer: topic, hyphen, number. */
export const partitionName = ({ topic, partition }: Pick<FunctionRecord, 'topic' | 'partition'>): string =>
  `${topic}-${partition}`;

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');

const toMskRecord = ({ topic, partition, offset, key, value, headers, timestamp }: FunctionRecord): MSKRecord => ({
  topic,
  partition,
  offset,
  timestamp: timestamp.getTime(),
  timestampType: 'CREATE_TIME',
  key: base64(key),
  value: base64(value),
  headers: Object.entries(headers).map(([name, content]) => ({ [name]: [...Buffer.from(content, 'utf8')] })),
});

/**
 * The event with which AWS Lambda hands records of Amazon MSK to a function: keys and values in base64, headers as lists
 * of bytes, grouped by partition (AWS Lambda Developer Guide, "Using Lambda with Amazon MSK").
 */
const toMskEvent = (records: readonly FunctionRecord[]): MSKEvent => ({
  eventSource: 'aws:kafka',
  eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/local/00000000-0000-0000-0000-000000000000-1',
  bootstrapServers: 'localhost:9092',
  records: Object.fromEntries(
    Object.entries(Object.groupBy(records, partitionName)).map(([name, group]) => [
      name,
      (group ?? []).map(toMskRecord),
    ]),
  ),
});

/** Records of Amazon MSK, named in an answer by their partition and offset. */
export const mskSource: RecordSource<FunctionRecord, MSKEvent> = {
  toEvent: toMskEvent,
  isNamedBy: (record, itemIdentifier) => {
    const { partition, offset } = (itemIdentifier ?? {}) as { partition?: unknown; offset?: unknown };
    return partitionName(record) === partition && record.offset === Number(offset);
  },
  placeOf: (record) => `${partitionName(record)} offset ${record.offset}`,
  writtenAt: ({ timestamp }) => timestamp,
};
