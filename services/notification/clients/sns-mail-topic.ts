import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { type MailTopic, TopicAway } from './mail-topic.ts';

/** The client's own retries would only lengthen what the next attempt does anyway. */
export const snsSettings = {
  requestHandler: { requestTimeout: 3_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
  maxAttempts: 1,
} as const;

/** Tells the subscribers of a topic of SNS. A standard topic knows no idempotency key: a lost answer has a mail told twice rather than never. */
export const createSnsMailTopic = (topicArn: string, client = new SNSClient(snsSettings)): MailTopic => ({
  tell: async (mail) => {
    const message = new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(mail) });
    await client.send(message).catch((problem: Error) => {
      throw new TopicAway(`SNS was not told of the mail ${mail.id}: ${problem.name}`, { cause: problem });
    });
  },
});
