import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Conversation, Turn } from '../domain/conversation.ts';

const itemSchema = z.object({
  conversationId: z.string(),
  channel: z.enum(['answers', 'agent']),
  owner: z.string(),
  reference: z.string().nullable(),
  turns: z.array(
    z.object({
      message: z.string(),
      answer: z.string(),
      sources: z.array(z.object({ kind: z.enum(['product', 'order', 'policy']), id: z.string(), title: z.string() })),
      at: z.string(),
    }),
  ),
  expiresAt: z.number(),
  busyUntil: z.number(),
});

/** The table of conversations: one item each, which DynamoDB removes some time after it expired. */
export const createConversationTable = ({
  table,
  client,
}: {
  readonly table: string;
  readonly client: DynamoDBClient;
}) => {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const keyOf = (conversationId: string) => ({ TableName: table, Key: { conversationId } });

  /** Changes an item while its condition holds. False: it does not hold. */
  const change = async (
    id: string,
    expression: string,
    condition: string,
    values: Readonly<Record<string, unknown>>,
    names?: Readonly<Record<string, string>>,
  ): Promise<boolean> => {
    try {
      await documents.send(
        new UpdateCommand({
          ...keyOf(id),
          UpdateExpression: expression,
          ConditionExpression: condition,
          ExpressionAttributeValues: values,
          ...(names && { ExpressionAttributeNames: names }),
        }),
      );
      return true;
    } catch (problem) {
      if (problem instanceof ConditionalCheckFailedException) return false;
      throw problem;
    }
  };

  return {
    create: async ({ id, ...conversation }: Conversation): Promise<void> => {
      await documents.send(new PutCommand({ TableName: table, Item: { conversationId: id, ...conversation } }));
    },

    find: async (conversationId: string): Promise<Conversation | undefined> => {
      const { Item } = await documents.send(new GetCommand({ ...keyOf(conversationId), ConsistentRead: true }));
      if (!Item) return undefined;
      const { conversationId: id, ...conversation } = itemSchema.parse(Item);
      return { id, ...conversation };
    },

    /** Takes the conversation for one answer until a time, in epoch milliseconds. False: a message is being answered. */
    claim: (id: string, { now, until }: { readonly now: number; readonly until: number }): Promise<boolean> =>
      change(id, 'SET busyUntil = :until', 'busyUntil < :now', { ':until': until, ':now': now }),

    /** Adds what was said and gives the conversation back. A claim that ran out and was taken by another adds nothing. */
    record: (
      id: string,
      turn: Turn,
      { claim, ...kept }: { readonly claim: number } & Pick<Conversation, 'expiresAt' | 'reference'>,
    ) =>
      change(
        id,
        'SET turns = list_append(turns, :turn), busyUntil = :free, expiresAt = :expiresAt, #reference = :reference',
        'busyUntil = :claim',
        { ':turn': [turn], ':free': 0, ':claim': claim, ':expiresAt': kept.expiresAt, ':reference': kept.reference },
        // A word that DynamoDB keeps for itself.
        { '#reference': 'reference' },
      ),

    /** Gives the conversation back without an answer. */
    release: (id: string, claim: number): Promise<boolean> =>
      change(id, 'SET busyUntil = :free', 'busyUntil = :claim', { ':free': 0, ':claim': claim }),

    /** Throws when the table does not answer; for health checks. */
    check: async (): Promise<void> => {
      await documents.send(new GetCommand(keyOf('cnv_health')));
    },
  };
};

export type ConversationTable = ReturnType<typeof createConversationTable>;
