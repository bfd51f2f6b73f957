import type { AttributeValue, DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import { type LedgerItem, readLedgerItem } from '../../contracts/warehouse/order-rows.ts';
import type { Logger } from '../../kit/telemetry/logger.ts';
import { type LoadEffects, loadItems } from '../use-cases/load-items.ts';

export type ChangeEffects = LoadEffects & { readonly logger: Logger };

type Image = Readonly<Record<string, AttributeValue>> | undefined;

/** The ledger writes text alone. */
const itemOf = (image: Image) =>
  Object.fromEntries(Object.entries(image ?? {}).map(([name, { S, N }]) => [name, S ?? N]));

/** What a change means; undefined: nothing, for the chain of an entry that is there was completed. */
const readChange = ({ eventName, dynamodb }: DynamoDBRecord): LedgerItem | undefined => {
  const [before, after] = [itemOf(dynamodb?.OldImage), itemOf(dynamodb?.NewImage)];
  const place = `${before['orderId'] ?? after['orderId']}/${before['sequence'] ?? after['sequence']}`;
  if (eventName === 'REMOVE') return { kind: 'damaged', detail: `${place} was removed from the ledger` };
  if (eventName === 'INSERT') return readLedgerItem(after);
  const isSame = Object.keys({ ...before, ...after }).every((name) => name === 'chain' || before[name] === after[name]);
  return isSame ? undefined : { kind: 'damaged', detail: `${place} was altered in the ledger` };
};

/**
 * Loads a batch; `batchItemFailures` names what nobody can load, which Lambda tries again and then gives to the failure destination
 * with its place. What can be loaded is loaded first, so that it waits for none of these. Throws while the warehouse is away.
 */
export const handleLedgerChanges = async (
  effects: ChangeEffects,
  records: readonly DynamoDBRecord[],
): Promise<DynamoDBBatchResponse> => {
  const { logger } = effects;
  const changes = records.map((record) => ({
    item: readChange(record),
    sequence: record.dynamodb?.SequenceNumber ?? '',
  }));
  const loaded = await loadItems(
    effects,
    changes.flatMap(({ item }) => item ?? []),
  );
  if (loaded.rows > 0) logger.info(loaded, 'events were loaded into the warehouse');
  for (const { item } of changes)
    if (item?.kind === 'aside')
      logger.error(
        { name: item.name, reason: item.reason, detail: item.detail },
        'a record was set aside in the warehouse',
      );
  return {
    batchItemFailures: changes.flatMap(({ item, sequence }) => {
      if (item?.kind !== 'damaged') return [];
      logger.error({ sequence, detail: item.detail }, 'a change of the ledger cannot be loaded');
      return [{ itemIdentifier: sequence }];
    }),
  };
};
