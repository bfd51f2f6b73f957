import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../kit/values/clock.ts';

/** Milliseconds that a claim holds: it runs out only when its owner is dead, since no owner sends after `sendBefore`. */
const claimMs = 20_000;
/** Milliseconds of it that are left for the sender to answer in. */
const sendMs = 10_000;
/** Milliseconds that an attempt to tell of a mail has for itself: more than the topic gets to answer in. */
const tellMs = 10_000;
/** Longer than any topic keeps its records, so that no replay sends a mail again. */
const keepDays = 400;

/** Ends of a message: out, or not to be sent any more. `withheld`: its recipient got too many that nobody paid for, or gets none at all. */
export type Ending = 'sent' | 'withheld' | 'unsure' | 'given-up';

export type MailClaim = {
  readonly state: 'claimed';
  readonly owner: string;
  /** 1 for the first; above it earlier attempts may have sent the mail. */
  readonly attempt: number;
  /** After this moment nothing may be sent any more: another may take over. */
  readonly sendBefore: Date;
  /** When the claim runs out. */
  readonly until: Date;
};

export type ClaimResult = MailClaim | { readonly state: 'ended' } | { readonly state: 'held'; readonly until: Date };

/** A mail that is out, as it was noted. */
export type SentNote = {
  readonly notificationId: string;
  readonly kind: string;
  readonly about: string;
  readonly sentAs: string;
  /** ISO 8601. */
  readonly sentAt: string;
};

export type SentLogParts = { readonly table: string; readonly clock: Clock; readonly client: DynamoDBClient };

/** What became of every message, in DynamoDB; one item a message, claimed before it is sent and ended after. */
export const createSentLog = ({ table, clock, client }: SentLogParts) => {
  const documents = DynamoDBDocumentClient.from(client);
  const update = (notificationId: string, change: Omit<UpdateCommand['input'], 'TableName' | 'Key'>) =>
    documents.send(new UpdateCommand({ TableName: table, Key: { notificationId }, ...change }));

  const read = async (notificationId: string) => {
    const get = new GetCommand({ TableName: table, Key: { notificationId }, ConsistentRead: true });
    return (await documents.send(get)).Item;
  };

  const whoHolds = async (notificationId: string): Promise<ClaimResult> => {
    const Item = await read(notificationId);
    if (Item && Item['state'] !== 'reserved') return { state: 'ended' };
    return { state: 'held', until: new Date(Number(Item?.['reservedUntilMs'] ?? clock.now())) };
  };

  return {
    /** Claims a message for one attempt to send it. A claim that ran out is taken over. */
    claim: async (notificationId: string, { kind, about }: { kind: string; about: string }): Promise<ClaimResult> => {
      const now = clock.now().getTime();
      const owner = randomUUID();
      try {
        const { Attributes } = await update(notificationId, {
          UpdateExpression:
            'SET #state = :reserved, #owner = :owner, reservedUntilMs = :until, kind = :kind, about = :about, expiresAt = :expires ADD attempt :one',
          ConditionExpression:
            'attribute_not_exists(notificationId) OR #state = :reserved AND attribute_not_exists(reservedUntilMs) OR #state = :reserved AND reservedUntilMs < :now',
          ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':reserved': 'reserved',
            ':owner': owner,
            ':until': now + claimMs,
            ':now': now,
            ':kind': kind,
            ':about': about,
            ':expires': Math.floor(now / 1000) + keepDays * 86_400,
            ':one': 1,
          },
          ReturnValues: 'UPDATED_NEW',
        });
        return {
          state: 'claimed',
          owner,
          attempt: Number(Attributes?.['attempt']),
          sendBefore: new Date(now + claimMs - sendMs),
          until: new Date(now + claimMs),
        };
      } catch (problem) {
        if (!(problem instanceof ConditionalCheckFailedException)) throw problem;
        return whoHolds(notificationId);
      }
    },

    /** Notes how the message ended; `detail` is the sender's name of the mail, or why there is none. */
    end: async (notificationId: string, ending: Ending, detail: string): Promise<void> => {
      await update(notificationId, {
        UpdateExpression: 'SET #state = :ending, detail = :detail, endedAt = :at REMOVE reservedUntilMs, #owner',
        ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
        ExpressionAttributeValues: { ':ending': ending, ':detail': detail, ':at': clock.now().toISOString() },
      });
    },

    /**
     * Claims a mail that is out, and that nobody was told of yet, for one attempt to tell of it. `held`: another attempt tells of it;
     * `nothing-to-tell`: it is not out, or was told of. A claim that ran out is taken over.
     */
    claimTelling: async (notificationId: string): Promise<SentNote | 'held' | 'nothing-to-tell'> => {
      const now = clock.now().getTime();
      try {
        const { Attributes: item = {} } = await update(notificationId, {
          UpdateExpression: 'SET tellingUntilMs = :until',
          ConditionExpression:
            '#state = :sent AND attribute_not_exists(toldAt) AND (attribute_not_exists(tellingUntilMs) OR tellingUntilMs < :now)',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: { ':sent': 'sent', ':now': now, ':until': now + tellMs },
          ReturnValues: 'ALL_NEW',
        });
        const textOf = (name: string) => String(item[name]);
        return {
          notificationId,
          kind: textOf('kind'),
          about: textOf('about'),
          sentAs: textOf('detail'),
          sentAt: textOf('endedAt'),
        };
      } catch (problem) {
        if (!(problem instanceof ConditionalCheckFailedException)) throw problem;
        const item = await read(notificationId);
        return item?.['state'] === 'sent' && item['toldAt'] === undefined ? 'held' : 'nothing-to-tell';
      }
    },

    /** Notes that the topic of sent mails was told. */
    noteTold: async (notificationId: string): Promise<void> => {
      await update(notificationId, {
        UpdateExpression: 'SET toldAt = :at REMOVE tellingUntilMs',
        ExpressionAttributeValues: { ':at': clock.now().toISOString() },
      });
    },

    /** Gives the claim back after an attempt that told nobody, so that the next one need not wait. */
    releaseTelling: async (notificationId: string): Promise<void> => {
      await update(notificationId, { UpdateExpression: 'REMOVE tellingUntilMs' });
    },

    /** Has a message that is not out yet never go out. One that an attempt holds at this moment may still be sent by it, and by no later one. */
    withdraw: async (notificationId: string, { kind, about }: { kind: string; about: string }): Promise<void> => {
      const now = clock.now();
      try {
        await update(notificationId, {
          UpdateExpression:
            'SET #state = :withdrawn, kind = :kind, about = :about, endedAt = :at, expiresAt = :expires REMOVE reservedUntilMs, #owner',
          ConditionExpression: 'attribute_not_exists(notificationId) OR #state = :reserved',
          ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':withdrawn': 'withdrawn',
            ':reserved': 'reserved',
            ':kind': kind,
            ':about': about,
            ':at': now.toISOString(),
            ':expires': Math.floor(now.getTime() / 1000) + keepDays * 86_400,
          },
        });
      } catch (problem) {
        // It has ended already.
        if (!(problem instanceof ConditionalCheckFailedException)) throw problem;
      }
    },

    /** Gives a claim back after an attempt that surely sent nothing, so that the next one need not wait and is not one too many. */
    release: async (notificationId: string, { owner }: MailClaim): Promise<void> => {
      try {
        await update(notificationId, {
          UpdateExpression: 'SET reservedUntilMs = :past ADD attempt :less REMOVE #owner',
          ConditionExpression: '#state = :reserved AND #owner = :owner',
          ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
          ExpressionAttributeValues: { ':past': 0, ':reserved': 'reserved', ':owner': owner, ':less': -1 },
        });
      } catch (problem) {
        // Somebody else took over: the claim is no longer ours to give back.
        if (!(problem instanceof ConditionalCheckFailedException)) throw problem;
      }
    },
  };
};

export type SentLog = ReturnType<typeof createSentLog>;
