import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type LedgerEntry, ledgerEntrySchema, ledgerSortKey } from '../../contracts/ledger/ledger-entry.ts';

/** A record that is no entry: nobody can read it, or it contradicts one. Kept beside the orders, under a name of its own. */
export type SetAside = {
  /** Why, as a code. */
  readonly reason: 'unreadable' | 'contradicts';
  /** What names the record: its place in the log, or the entry that it contradicts. */
  readonly name: string;
  readonly text: string;
  readonly detail: string;
  readonly recordedAt: string;
};

/** Keys of what was set aside begin so; no order's id does. */
const asideKey = ({ reason, name }: Pick<SetAside, 'reason' | 'name'>) => `${reason}/${name}`;

/** Place of an event in its order, from 1. */
export type EntryKey = { readonly orderId: string; readonly sequence: number };

/** Most keys of one BatchGetItem (Amazon DynamoDB, "BatchGetItem"). */
const mostKeys = 100;

/** The table of order events. Nothing in it is ever replaced or removed; an entry's chain is filled in once. */
export const createLedgerTable = ({ table, client }: { readonly table: string; readonly client: DynamoDBClient }) => {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

  /** Puts an item whose key is free. False: something stands there already. */
  const putNew = async (Item: Record<string, unknown>): Promise<boolean> => {
    try {
      await documents.send(
        new PutCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(orderId)' }),
      );
      return true;
    } catch (problem) {
      if (problem instanceof ConditionalCheckFailedException) return false;
      throw problem;
    }
  };

  const find = async ({ orderId, sequence }: EntryKey): Promise<LedgerEntry | undefined> => {
    const { Item } = await documents.send(
      new GetCommand({ TableName: table, Key: { orderId, sequence: ledgerSortKey(sequence) }, ConsistentRead: true }),
    );
    return Item && ledgerEntrySchema.parse(Item);
  };

  const findBatch = async (keys: readonly EntryKey[]): Promise<LedgerEntry[]> => {
    const Keys = keys.map(({ orderId, sequence }) => ({ orderId, sequence: ledgerSortKey(sequence) }));
    const { Responses, UnprocessedKeys } = await documents.send(
      new BatchGetCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    const found = (Responses?.[table] ?? []).map((item) => ledgerEntrySchema.parse(item));
    // Too much for one answer, or throttled: asked for singly, with the client's pauses and tries.
    for (const { orderId, sequence } of UnprocessedKeys?.[table]?.Keys ?? [])
      found.push(...[await find({ orderId, sequence: Number(sequence) })].filter((entry) => entry !== undefined));
    return found;
  };

  return {
    put: (entry: LedgerEntry): Promise<boolean> => putNew(entry),

    find: (orderId: string, sequence: number) => find({ orderId, sequence }),

    /** Those that stand at the places, each of which is named once. */
    findAll: async (places: readonly EntryKey[]): Promise<LedgerEntry[]> => {
      const found: LedgerEntry[] = [];
      for (let at = 0; at < places.length; at += mostKeys)
        found.push(...(await findBatch(places.slice(at, at + mostKeys))));
      return found;
    },

    /** Fills in the chain of an entry that has none. Who comes second changes nothing. */
    chain: async ({ orderId, sequence }: LedgerEntry, chain: string): Promise<void> => {
      try {
        await documents.send(
          new UpdateCommand({
            TableName: table,
            Key: { orderId, sequence },
            UpdateExpression: 'SET chain = :chain',
            ConditionExpression: 'attribute_exists(orderId) AND attribute_not_exists(chain)',
            ExpressionAttributeValues: { ':chain': chain },
          }),
        );
      } catch (problem) {
        if (!(problem instanceof ConditionalCheckFailedException)) throw problem;
      }
    },

    /** Keeps a record that is no entry. The same one twice is kept once. */
    setAside: async ({ name, ...record }: SetAside): Promise<void> => {
      await putNew({ orderId: asideKey({ name, ...record }), sequence: ledgerSortKey(0), ...record });
    },
  };
};

export type LedgerTable = ReturnType<typeof createLedgerTable>;
