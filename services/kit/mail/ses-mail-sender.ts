import { domainToASCII } from 'node:url';
import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { MailRefused, type MailSender, SenderAway } from './mail-sender.ts';

/** What SES has against one mail; its other refusals concern the account, its sender, its limits or its permissions. */
const aboutTheMail: ReadonlySet<string> = new Set(['BadRequestException', 'MessageRejected']);
/** Nothing was connected, so nothing was sent. */
const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What an error of the client means; whatever leaves it open whether the mail is out comes back as it is. */
export const readSesProblem = (notificationId: string, problem: unknown): unknown => {
  const { name, message = '', code = '' } = problem as Error & { code?: string };
  const away = () => new SenderAway(`SES cannot send ${notificationId} now: ${name}`, { cause: problem });
  if (problem instanceof SESv2ServiceException) {
    if (aboutTheMail.has(name))
      return new MailRefused(`SES refused the mail ${notificationId}: ${name}`, { cause: problem });
    const status = problem.$metadata.httpStatusCode ?? 500;
    return status < 500 || status === 503 ? away() : problem;
  }
  const isBeforeSending =
    neverConnected.has(code) ||
    name === 'CredentialsProviderError' ||
    message.includes('did not establish a connection');
  return isBeforeSending ? away() : problem;
};

/**
 * The address as SES takes it: the domain by its name in the net. SES does not know SMTPUTF8, so letters other than ASCII's before
 * the @ make it refuse the mail.
 */
export const sesAddressOf = (address: string): string => {
  const at = address.lastIndexOf('@');
  const domain = address.slice(at + 1);
  return `${address.slice(0, at)}@${domainToASCII(domain) || domain}`;
};

/**
 * Mails through Amazon SES. SES knows no idempotency key and cannot be asked whether it sent a message: after a crash between
 * sending and noting it, the mail goes out a second time rather than never.
 */
export const createSesMailSender = (
  client = new SESv2Client({
    requestHandler: { requestTimeout: 5_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    maxAttempts: 1,
  }),
): MailSender => ({
  send: async ({ notificationId, from, to, subject, text, html, headers = {} }) => {
    try {
      const { MessageId } = await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [sesAddressOf(to)] },
          Content: {
            Simple: {
              Subject: { Data: subject },
              Body: { Text: { Data: text }, Html: { Data: html } },
              Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
            },
          },
          EmailTags: [{ Name: 'notification', Value: notificationId.replaceAll(':', '.') }],
        }),
      );
      return MessageId ?? notificationId;
    } catch (problem) {
      throw readSesProblem(notificationId, problem);
    }
  },
  findSent: async () => 'unknown',
});
