import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ChatAway, type ChatSender, chatMessage } from './chat-sender.ts';

/**
 * Tells the chats that listen to a topic of SNS. SNS knows no idempotency key of a topic that Amazon Q Developer can listen to: after a crash
 * between sending and noting it, a message stands there twice rather than never.
 */
export const createSnsChatSender = (
  topicArn: string,
  client = new SNSClient({
    requestHandler: { requestTimeout: 5_000, connectionTimeout: 1_000, throwOnRequestTimeout: true },
    maxAttempts: 1,
  }),
): ChatSender => ({
  send: async (notice) => {
    const message = new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(chatMessage(notice)) });
    await client.send(message).catch((problem: Error) => {
      throw new ChatAway(`SNS did not take ${notice.id} for the chat: ${problem.name}`, { cause: problem });
    });
  },
});
