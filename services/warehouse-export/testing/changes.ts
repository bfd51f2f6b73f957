/** Changes of the ledger as DynamoDB Streams hands them over. */
import type { AttributeValue, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import type { LedgerEntry } from '../../contracts/ledger/ledger-entry.ts';
import { chainedEntries } from '../../contracts/testing/ledger-entries.ts';
import { anEvent, anOrder, type SampleType } from '../../contracts/testing/order-events.ts';

type Item = Readonly<Record<string, string | undefined>>;

const image = (item: Item): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(item).flatMap(([name, S]) => (S === undefined ? [] : [[name, { S }]])));

let made = 0;
const change = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', before: Item | undefined, after: Item | undefined) => {
  const { orderId = '', sequence = '' } = after ?? before ?? {};
  const record: DynamoDBRecord = {
    ...{ eventID: String(++made), eventName, eventSource: 'aws:dynamodb' },
    dynamodb: {
      Keys: image({ orderId, sequence }),
      ...(before && { OldImage: image(before) }),
      ...(after && { NewImage: image(after) }),
      SequenceNumber: String(made).padStart(21, '0'),
    },
  };
  return record;
};

export const inserted = (item: Item): DynamoDBRecord => change('INSERT', undefined, item);
export const modified = (before: Item, after: Item): DynamoDBRecord => change('MODIFY', before, after);
export const removed = (item: Item): DynamoDBRecord => change('REMOVE', item, undefined);
export const batchOf = (...records: readonly DynamoDBRecord[]): DynamoDBStreamEvent => ({ Records: [...records] });

/** The number by which a batch's answer names a record. */
export const numberOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? '';

const story: readonly SampleType[] = ['order.placed.v1', 'order.paid.v1', 'order.shipped.v1', 'order.delivered.v1'];

/** Id of an order's event. @param at 0 for its first */
export const eventId = (number: number, at: number): string => `evt_${String(number * 100 + at).padStart(26, '0')}`;

/** The entries of one order, placed, paid, shipped and delivered. @param number makes the order's id */
export const entriesOf = (number: number, types: readonly SampleType[] = story): LedgerEntry[] => {
  const order = anOrder(number);
  return chainedEntries(
    order.id,
    types.map((type, at) => ({ ...anEvent(type, order), id: eventId(number, at), sequence: at + 1 })),
  );
};
