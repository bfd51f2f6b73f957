/** Which mails went out: from the mailbox of a local run, or from the notes that the shop keeps of them in a table on AWS. */
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { askJson } from '../../../services/contracts/http/ask.ts';
import { awsQuestions, withClient } from '../../aws/ask-aws.ts';
import { sentenceOfFailure } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import { tableNamed } from '../../outputs/table-name.ts';
import { type SentMails, sentMailsOf, services } from '../../services.ts';
import { confirmationId, type MailSummary } from '../../shop/mail-folder.ts';
import type { OutputsSource } from '../../workloads/render.ts';
import { NotObservable, type WasMailed } from './not-observable.ts';

/** Mails that a mailbox of the local run shows. */
export const mailedTo = (mailbox: string): WasMailed => {
  const url = mailbox.replace(/\/+$/, '');
  return async (orderId, email) =>
    (await askJson<{ items: MailSummary[] }>(`${url}/mails?to=${encodeURIComponent(email)}`)).items.some(
      ({ notificationId }) => notificationId === confirmationId(orderId),
    );
};

/** The table that notes sent mails, as services/kit/manifest.ts describes its items. */
export type MailNotes = Pick<SentMails, 'partitionKey'> & {
  /** Finds its physical name. */
  readonly tableName: () => Promise<string>;
};

/** Where a deployed shop notes its mails; undefined: it sends none. */
export const mailNotes = (environment: Environment, outputs?: OutputsSource): MailNotes | undefined => {
  const noted = sentMailsOf(services);
  return noted && { partitionKey: noted.partitionKey, tableName: tableNamed(noted.table, environment, outputs) };
};

/**
 * Reads the notes of sent mails with the caller's credentials. 15 s a question, retries included. What AWS refuses is
 * {@link NotObservable}. The name of the table is asked for once.
 */
export const notedAsSent = (
  environment: Pick<Environment, 'name' | 'region'>,
  { partitionKey, tableName }: MailNotes,
): WasMailed => {
  const { settings, deadline } = awsQuestions(environment.region);
  let table: Promise<string> | undefined;
  return (orderId) =>
    withClient(new DynamoDBClient(settings), async (client) => {
      table ??= tableName();
      const Key = { [partitionKey]: { S: confirmationId(orderId) } };
      const command = new GetItemCommand({ TableName: await table, Key, ConsistentRead: true });
      const { Item } = await client.send(command, deadline());
      return Item?.['state']?.S === 'sent';
    }).catch((problem: unknown) => {
      throw new NotObservable(
        `the notes of sent mails in ${environment.region} cannot be read: ${sentenceOfFailure(problem, environment, 'DynamoDB')}`,
        { cause: problem },
      );
    });
};

/** Where nobody may ask. */
export const notAsked: WasMailed = async () => {
  throw new NotObservable('AWS is not asked; leave out --no-aws, or give --mailbox for a run on this machine');
};
