/** Which mails went out: from the mailbox of a local run, or from the notes that notification keeps in its table on AWS. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Environment } from '../../environment/environment.ts';
import { createApiClient } from '../../shop/api-client.ts';
import type { MailSummary } from '../../shop/mail-folder.ts';
import { NotObservable, type WasMailed } from './not-observable.ts';

/** Mails that a mailbox of the local run shows. */
export const mailedTo = (mailbox: string): WasMailed => {
  const api = createApiClient(mailbox.replace(/\/+$/, ''));
  return async (_, email) =>
    (await api<{ items: MailSummary[] }>(`/mails?to=${encodeURIComponent(email)}`)).items.length > 0;
};

const CALL_MS = 5_000;

/**
 * Notes of sent mails in the table `notifications`, read with the caller's credentials; the item is described in
 * services/notification/README.md. 15 s a question, retries included. What AWS refuses is {@link NotObservable}.
 * @param tableName finds the physical name of the table; asked once
 */
export const notedAsSent = ({ region }: Pick<Environment, 'region'>, tableName: () => Promise<string>): WasMailed => {
  let table: Promise<string> | undefined;
  return async (orderId) => {
    const client = new DynamoDBClient({
      region,
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 3_000, requestTimeout: CALL_MS, throwOnRequestTimeout: true },
    });
    try {
      table ??= tableName();
      const { Item } = await client.send(
        new GetItemCommand({
          TableName: await table,
          Key: { notificationId: { S: `${orderId}:order-confirmed` } },
          ConsistentRead: true,
        }),
        { abortSignal: AbortSignal.timeout(3 * CALL_MS) },
      );
      return Item?.['state']?.S === 'sent';
    } catch (problem) {
      const { message } = problem as Error;
      throw new NotObservable(
        `the notes of sent mails in ${region} cannot be read: ${message.replaceAll(/\s+/g, ' ')}`,
        { cause: problem },
      );
    } finally {
      client.destroy();
    }
  };
};

/** Where nobody may ask. */
export const notAsked: WasMailed = async () => {
  throw new NotObservable('AWS is not asked; leave out --no-aws, or give --mailbox for a run on this machine');
};
