import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../kit/values/clock.ts';

/** Longer than one invocation may last, so that a reservation runs out only when its sender is dead. */
const reservationSeconds = 60;
/** Longer than any topic keeps its records, so that no replay sends a mail again. */
const keepDays = 400;

export type Reservation =
  | { readonly state: 'reserved'; readonly attempt: number }
  | { readonly state: 'sent' }
  | { readonly state: 'in-progress' };

export type SentLogParts = { readonly table: string; readonly clock: Clock; readonly client?: DynamoDBClient };

/** Which messages were sent, in DynamoDB; one item a message, claimed before it is sent and confirmed after. */
export const createSentLog = ({
  table,
  clock,
  client = new DynamoDBClient({ requestHandler: { requestTimeout: 3_000, connectionTimeout: 1_000 }, maxAttempts: 3 }),
}: SentLogParts) => {
  const documents = DynamoDBDocumentClient.from(client);
  const seconds = () => Math.floor(clock.now().getTime() / 1000);

  const stateOf = async (notificationId: string): Promise<Reservation> => {
    const { Item } = await documents.send(
      new GetCommand({ TableName: table, Key: { notificationId }, ConsistentRead: true }),
    );
    return Item?.['state'] === 'sent' ? { state: 'sent' } : { state: 'in-progress' };
  };

  return {
    /** Claims a message for sending. A claim whose sender died can be taken over, with a higher `attempt`. */
    reserve: async (notificationId: string, about: { kind: string; orderId: string }): Promise<Reservation> => {
      try {
        const { Attributes } = await documents.send(
          new UpdateCommand({
            TableName: table,
            Key: { notificationId },
            UpdateExpression:
              'SET #state = :reserved, reservedUntil = :until, kind = :kind, orderId = :order, expiresAt = :expires ADD attempt :one',
            ConditionExpression:
              'attribute_not_exists(notificationId) OR (#state = :reserved AND reservedUntil < :now)',
            ExpressionAttributeNames: { '#state': 'state' },
            ExpressionAttributeValues: {
              ':reserved': 'reserved',
              ':until': seconds() + reservationSeconds,
              ':now': seconds(),
              ':kind': about.kind,
              ':order': about.orderId,
              ':expires': seconds() + keepDays * 86_400,
              ':one': 1,
            },
            ReturnValues: 'UPDATED_NEW',
          }),
        );
        return { state: 'reserved', attempt: Number(Attributes?.['attempt']) };
      } catch (problem) {
        if (!(problem instanceof ConditionalCheckFailedException)) throw problem;
        return stateOf(notificationId);
      }
    },

    /** Notes that the message is out. */
    confirm: async (notificationId: string, messageId: string): Promise<void> => {
      await documents.send(
        new UpdateCommand({
          TableName: table,
          Key: { notificationId },
          UpdateExpression: 'SET #state = :sent, messageId = :message, sentAt = :at REMOVE reservedUntil',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':sent': 'sent', ':message': messageId, ':at': clock.now().toISOString() },
        }),
      );
    },

    /** Gives a claim back after a failure that surely sent nothing, so that a retry need not wait. */
    release: async (notificationId: string): Promise<void> => {
      await documents.send(
        new UpdateCommand({
          TableName: table,
          Key: { notificationId },
          UpdateExpression: 'SET reservedUntil = :past',
          ConditionExpression: '#state = :reserved',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':past': 0, ':reserved': 'reserved' },
        }),
      );
    },
  };
};

export type SentLog = ReturnType<typeof createSentLog>;
