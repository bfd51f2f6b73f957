import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { hangUp, listen } from '../testing/loopback.ts';
import { ChatAway, type ChatSender } from './chat-sender.ts';
import { openChatSender } from './open-chat-sender.ts';
import { createSnsChatSender } from './sns-chat-sender.ts';

const topic = 'arn:aws:sns:eu-central-1:111122223333:cloudmart-test-chat';
const notice = {
  ...{ id: 'inc_1:opened:P1:1:1', threadId: 'inc_1', title: '[P1] incident: Carts are empty' },
  ...{ lines: ['P1: many notice it.', 'Opened.'], nextSteps: ['Answer'], keywords: ['incident', 'P1'] },
};

let server: Server;
let sender: ChatSender;
let client: SNSClient;
let status = 200;
const asked: URLSearchParams[] = [];
beforeAll(async () => {
  server = createServer(async (request, response) => {
    asked.push(new URLSearchParams(await text(request)));
    const answer =
      status === 200
        ? '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>'
        : '<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>no</Message></Error></ErrorResponse>';
    response.writeHead(status, { 'content-type': 'text/xml' }).end(answer);
  });
  client = new SNSClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${await listen(server)}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
  });
  sender = createSnsChatSender(topic, client);
});
afterAll(async () => {
  client.destroy();
  await hangUp(server);
});

test('a topic is given the notice in the form of custom notifications, as one thread for what it belongs to', async () => {
  await sender.send(notice);
  const [published] = asked;
  expect([published?.get('Action'), published?.get('TopicArn')]).toEqual(['Publish', topic]);
  expect(JSON.parse(published?.get('Message') ?? '')).toEqual({
    version: '1.0',
    source: 'custom',
    id: notice.id,
    content: {
      textType: 'client-markdown',
      title: notice.title,
      description: 'P1: many notice it.\nOpened.',
      nextSteps: ['Answer'],
      keywords: ['incident', 'P1'],
    },
    metadata: { threadId: 'inc_1' },
  });
});

test('an address that stands where a long text is cut goes to no chat in part', async () => {
  const before = 'x'.repeat(3_990);
  await sender.send({ ...notice, lines: [`${before} ann@buyer.example`] });
  const { content } = JSON.parse(asked.at(-1)?.get('Message') ?? '');
  expect(content.description).not.toContain('ann');
});

test('a topic that takes nothing fails by name, and is asked once', async () => {
  status = 403;
  const before = asked.length;
  const sending = sender.send(notice);
  await expect(sending).rejects.toThrow(ChatAway);
  await expect(sending).rejects.toThrow(/^SNS did not take inc_1:opened:P1:1:1 for the chat: Authorization/);
  expect(asked.length - before).toBe(1);
});

test('CHAT_URL that names no chat is refused with what to write', async () => {
  await expect(openChatSender('https://chat.example')).rejects.toThrow(/use sns:<ARN of a topic> or folder:\/path$/);
});
