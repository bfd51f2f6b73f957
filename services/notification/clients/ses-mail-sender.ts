import { SESv2Client, SESv2ServiceException, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { MailRefused, type MailSender } from './mail-sender.ts';

/**
 * Mails through Amazon SES. SES knows no idempotency key and cannot be asked whether it sent a message: after a crash between
 * sending and noting it, the mail goes out a second time rather than never.
 */
export const createSesMailSender = (
  client = new SESv2Client({ requestHandler: { requestTimeout: 5_000, connectionTimeout: 1_000 }, maxAttempts: 1 }),
): MailSender => ({
  send: async ({ notificationId, from, to, subject, text, html }) => {
    try {
      const { MessageId } = await client.send(
        new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: { Simple: { Subject: { Data: subject }, Body: { Text: { Data: text }, Html: { Data: html } } } },
          EmailTags: [{ Name: 'notification', Value: notificationId.replaceAll(':', '.') }],
        }),
      );
      return MessageId ?? notificationId;
    } catch (problem) {
      if (problem instanceof SESv2ServiceException && (problem.$metadata.httpStatusCode ?? 500) < 500)
        throw new MailRefused(`SES refused the mail ${notificationId}: ${problem.name}`, { cause: problem });
      throw problem;
    }
  },
  findSent: async () => undefined,
});
