import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';

/** The one queue of the table. */
const queue = 'mails';
/** Days after which DynamoDB drops an item, should nobody have: beyond the time after which mails are given up. */
const keepDays = 14;

/** An event whose mail could not go out yet. */
export type PostponedMail = {
  /** The message, or the record where nobody could say which message it is. */
  readonly id: string;
  /** The event as JSON text. */
  readonly event: string;
  /** Tries so far. */
  readonly tries: number;
  /** The first of them. */
  readonly since: Date;
  readonly dueAt: Date;
};

const placeOf = ({ id, dueAt }: PostponedMail) => ({ queue, due: `${dueAt.toISOString()}#${id}` });

/** The events whose mails wait for their next try, in DynamoDB, sorted by when they are due. */
export const createPostponedMails = ({ table, client }: { table: string; client: DynamoDBClient }) => {
  const documents = DynamoDBDocumentClient.from(client);

  const add = async (mail: PostponedMail): Promise<void> => {
    const { id, event, tries, since, dueAt } = mail;
    const expiresAt = Math.floor(dueAt.getTime() / 1000) + keepDays * 86_400;
    const Item = { ...placeOf(mail), id, event, tries, since: since.toISOString(), expiresAt };
    await documents.send(new PutCommand({ TableName: table, Item }));
  };

  const remove = async (mail: PostponedMail): Promise<void> => {
    await documents.send(new DeleteCommand({ TableName: table, Key: placeOf(mail) }));
  };

  return {
    add,
    remove,

    /** Moves a mail to its next try. A crash in between leaves it in both places, which costs one look and no second mail. */
    again: async (mail: PostponedMail, dueAt: Date): Promise<void> => {
      await add({ ...mail, tries: mail.tries + 1, dueAt });
      await remove(mail);
    },

    /** The first that are due at the moment, at most `limit`. */
    due: async (now: Date, limit: number): Promise<PostponedMail[]> => {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: '#queue = :queue AND #due <= :now',
          ExpressionAttributeNames: { '#queue': 'queue', '#due': 'due' },
          // `~` comes after every character of an id.
          ExpressionAttributeValues: { ':queue': queue, ':now': `${now.toISOString()}#~` },
          Limit: limit,
          ConsistentRead: true,
        }),
      );
      return Items.map((item) => ({
        id: String(item['id']),
        event: String(item['event']),
        tries: Number(item['tries']),
        since: new Date(String(item['since'])),
        dueAt: new Date(String(item['due']).slice(0, String(item['due']).indexOf('#'))),
      }));
    },
  };
};

export type PostponedMails = ReturnType<typeof createPostponedMails>;
