import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../kit/values/clock.ts';
import type { StopReason } from '../domain/mail-feedback.ts';

const hourMs = 3_600_000;
/** Half a year: mailboxes are made again. What SES still refuses then stops the address anew. */
const stopSeconds = 180 * 86_400;

export type RecipientLogParts = { readonly table: string; readonly clock: Clock; readonly client: DynamoDBClient };

/** Which mails a recipient got in each hour, and who gets no more: items of the table of messages that expire. No address is kept. */
export const createRecipientLog = ({ table, clock, client }: RecipientLogParts) => {
  const documents = DynamoDBDocumentClient.from(client);
  const stopOf = (digest: string) => ({ notificationId: `stopped:${digest}` });
  const nowSeconds = () => Math.floor(clock.now().getTime() / 1000);
  return {
    /**
     * Counts a mail among those of this hour, once however often it is asked for. Undefined when it may go; otherwise, because
     * `limit` others went, when the next hour begins.
     */
    admit: async (counter: string, notificationId: string, limit: number): Promise<Date | undefined> => {
      const hour = Math.floor(clock.now().getTime() / hourMs);
      try {
        await documents.send(
          new UpdateCommand({
            TableName: table,
            Key: { notificationId: `recipient:${counter}:${hour}` },
            UpdateExpression: 'SET expiresAt = :expires ADD messages :message',
            ConditionExpression: 'attribute_not_exists(messages) OR contains(messages, :id) OR size(messages) < :limit',
            ExpressionAttributeValues: {
              ':expires': ((hour + 2) * hourMs) / 1000,
              ':message': new Set([notificationId]),
              ':id': notificationId,
              ':limit': limit,
            },
          }),
        );
        return undefined;
      } catch (problem) {
        if (problem instanceof ConditionalCheckFailedException) return new Date((hour + 1) * hourMs);
        throw problem;
      }
    },

    /** Has an address, named by its digest, get no more mails for half a year from now on. */
    stop: async (digest: string, because: StopReason): Promise<void> => {
      const Item = { ...stopOf(digest), because, expiresAt: nowSeconds() + stopSeconds };
      await documents.send(new PutCommand({ TableName: table, Item }));
    },

    /** Why an address gets no mails; undefined when it gets some. */
    stoppedBecause: async (digest: string): Promise<StopReason | undefined> => {
      const { Item } = await documents.send(
        new GetCommand({ TableName: table, Key: stopOf(digest), ConsistentRead: true }),
      );
      // DynamoDB drops what has expired days later.
      return Item && Number(Item['expiresAt']) > nowSeconds() ? (Item['because'] as StopReason) : undefined;
    },
  };
};

export type RecipientLog = ReturnType<typeof createRecipientLog>;
