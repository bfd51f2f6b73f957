import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../kit/values/clock.ts';

const hourMs = 3_600_000;

export type RecipientLogParts = { readonly table: string; readonly clock: Clock; readonly client: DynamoDBClient };

/** Which mails a recipient got in each hour: items of the table of messages that expire soon after. The address itself is not kept. */
export const createRecipientLog = ({ table, clock, client }: RecipientLogParts) => {
  const documents = DynamoDBDocumentClient.from(client);
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
  };
};

export type RecipientLog = ReturnType<typeof createRecipientLog>;
