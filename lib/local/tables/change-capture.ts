/**
 * Keeps the changes of tables with a stream, each written in one batch with the item itself: no kill parts them.
 * What a record holds, and that a write which changes nothing makes none: Amazon DynamoDB, "Change data capture for DynamoDB Streams".
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Item, type ItemStore, itemKey, storedTable } from './item-store.ts';

/** One change as GetRecords tells it. */
export type ChangeRecord = {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: 'us-east-1';
  readonly dynamodb: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: 'NEW_AND_OLD_IMAGES';
  };
};

export type ChangeStream = {
  readonly table: string;
  /** When the table was made, which is when its stream began. */
  readonly madeAt: Date;
  /** Names of the attributes of a key. */
  readonly keys: readonly string[];
  /** Changes after a sequence number ('' for the oldest that is kept), in order; none that may yet get one before it. */
  after(sequence: string, limit: number): Promise<ChangeRecord[]>;
  /** The last number that `after` would tell; '' when there was no change yet. */
  last(): string;
  /** Forgets what is older than a day, but the newest: numbers go on from it. */
  trim(now: Date): Promise<void>;
};

/** DynamoDB keeps changes so long. */
const KEPT_MS = 24 * 3_600_000;
const DIGITS = 21;

/** A sequence number as DynamoDB writes it: digits, here so many that text sorts as numbers do. */
const sequenceText = (number: number): string => String(number).padStart(DIGITS, '0');

const recordKey = (table: string, sequence: string) => `stream-${table}~${sequence}`;

const keyParts = (item: Item, keys: readonly string[]): Item =>
  Object.fromEntries(keys.map((name) => [name, item[name]]));

const nameOf = (before: Item | undefined, after: Item | undefined): ChangeRecord['eventName'] => {
  if (!after) return 'REMOVE';
  return before ? 'MODIFY' : 'INSERT';
};

/** Begins to capture the changes of a table, from the last one that is kept. Throws when there is no such table. */
export const captureChanges = async (store: ItemStore, table: string, now: () => Date): Promise<ChangeStream> => {
  const { db } = store;
  const found = await storedTable(store, table);
  if (!found) throw new Error(`there is no table "${table}" whose changes could be captured`);
  const keys = found.KeySchema.map(({ AttributeName }) => AttributeName);
  const end = recordKey(table, '~');
  const [newest] = await db.iterator({ gte: recordKey(table, ''), lt: end, reverse: true, limit: 1 }).all();
  let next = newest ? Number(newest[0].slice(recordKey(table, '').length)) + 1 : 1;
  /** Numbers that are given and not yet written. What lies behind one of them is shown to nobody. */
  const unwritten = new Set<number>();
  const firstUnwritten = () => Math.min(next, ...unwritten);

  const recordOf = (sequence: string, before: Item | undefined, after: Item | undefined): ChangeRecord => {
    const images = { ...(after && { NewImage: after }), ...(before && { OldImage: before }) };
    return {
      eventID: createHash('sha256').update(`${table}/${sequence}`).digest('hex').slice(0, 32),
      eventName: nameOf(before, after),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      dynamodb: {
        ApproximateCreationDateTime: now().getTime() / 1000,
        Keys: keyParts((after ?? before) as Item, keys),
        ...images,
        SequenceNumber: sequence,
        SizeBytes: Buffer.byteLength(JSON.stringify(images)),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
  };

  const write = async (key: string, after: Item | undefined): Promise<void> => {
    const place = itemKey(table, key);
    const before = db.getSync(place) as Item | undefined;
    const item = after ? ({ type: 'put', key: place, value: after } as const) : ({ type: 'del', key: place } as const);
    // Dynalite's items have no prototype, those of the store have one.
    if (isDeepStrictEqual(JSON.parse(JSON.stringify(after ?? null)), before ?? null)) return db.batch([item]);
    const number = next++;
    const sequence = sequenceText(number);
    unwritten.add(number);
    try {
      const value = recordOf(sequence, before, after);
      await db.batch([item, { type: 'put', key: recordKey(table, sequence), value }]);
    } finally {
      unwritten.delete(number);
    }
  };

  const items = store.getItemDb(table);
  const tell = (writing: Promise<void>, written: (problem: Error | null) => void) =>
    writing.then(
      () => setImmediate(written, null),
      (problem: Error) => setImmediate(written, problem),
    );
  items.put = (key, item, written) => void tell(write(key, item), written);
  items.del = (key, written) => void tell(write(key, undefined), written);

  const range = (sequence: string, upTo: number) => ({
    gt: recordKey(table, sequence),
    lt: recordKey(table, sequenceText(upTo)),
  });
  return {
    table,
    madeAt: new Date(found.CreationDateTime * 1000),
    keys,
    after: async (sequence, limit) => {
      const records = await db.iterator({ ...range(sequence, firstUnwritten()), limit }).all();
      return records.map(([, record]) => record as ChangeRecord);
    },
    last: () => (firstUnwritten() === 1 ? '' : sequenceText(firstUnwritten() - 1)),
    trim: async (at) => {
      const before = at.getTime() - KEPT_MS;
      const old: string[] = [];
      for (const [key, record] of await db.iterator(range('', firstUnwritten() - 1)).all()) {
        if ((record as ChangeRecord).dynamodb.ApproximateCreationDateTime * 1000 >= before) break;
        old.push(key);
      }
      if (old.length > 0) await db.batch(old.map((key) => ({ type: 'del', key })));
    },
  };
};
