/** The entries of the ledger, as somebody reads them to whom they do not belong. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type LedgerEntry, ledgerEntrySchema } from '../../contracts/ledger/ledger-entry.ts';

export type ObservedLedger = {
  /** All entries of an order. */
  entriesOf(orderId: string): Promise<LedgerEntry[]>;
};

export const createObservedLedger = ({
  table,
  client,
}: {
  readonly table: string;
  readonly client: DynamoDBClient;
}): ObservedLedger => {
  const documents = DynamoDBDocumentClient.from(client);
  return {
    entriesOf: async (orderId) => {
      const entries: LedgerEntry[] = [];
      for (let start: Record<string, unknown> | undefined; ; ) {
        const { Items = [], LastEvaluatedKey } = await documents.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'orderId = :order',
            ExpressionAttributeValues: { ':order': orderId },
            ConsistentRead: true,
            ...(start && { ExclusiveStartKey: start }),
          }),
        );
        entries.push(...Items.map((item) => ledgerEntrySchema.parse(item)));
        start = LastEvaluatedKey;
        if (start === undefined) return entries;
      }
    },
  };
};
