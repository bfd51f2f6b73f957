import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { type LedgerEntry, ledgerEntrySchema } from '../../services/contracts/ledger/ledger-entry.ts';

/** Milliseconds for one page of a scan. */
const pageTimeoutMs = 10_000;

/**
 * Every entry of the ledger's table; what the ledger set aside is none.
 * @param environment where an AWS SDK finds the tables, by the SDK's own variables
 */
export const readLedger = async (
  table: string,
  environment: Readonly<Record<string, string>>,
): Promise<LedgerEntry[]> => {
  const client = new DynamoDBClient({
    endpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'],
    region: environment['AWS_REGION'],
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    requestHandler: { requestTimeout: pageTimeoutMs, throwOnRequestTimeout: true },
  });
  try {
    const entries: LedgerEntry[] = [];
    const pages = paginateScan(
      { client: DynamoDBDocumentClient.from(client) },
      { TableName: table, ConsistentRead: true, FilterExpression: 'attribute_not_exists(reason)' },
    );
    for await (const { Items = [] } of pages) entries.push(...Items.map((item) => ledgerEntrySchema.parse(item)));
    return entries;
  } finally {
    client.destroy();
  }
};
