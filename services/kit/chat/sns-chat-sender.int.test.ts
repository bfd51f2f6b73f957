import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SnsPeer, startSnsPeer } from '../testing/peers/sns-peer.ts';
import { ChatAway, type ChatSender } from './chat-sender.ts';
import { openChatSender } from './open-chat-sender.ts';
import { createSnsChatSender } from './sns-chat-sender.ts';

const topic = 'arn:aws:sns:eu-central-1:111122223333:cloudmart-test-chat';
const notice = {
  ...{ id: 'inc_1:opened:P1:1:1', threadId: 'inc_1', title: '[P1] incident: Carts are empty' },
  ...{ lines: ['P1: many notice it.', 'Opened.'], nextSteps: ['Answer'], keywords: ['incident', 'P1'] },
};

let sns: SnsPeer;
let sender: ChatSender;
beforeAll(async () => {
  sns = await startSnsPeer();
  sender = createSnsChatSender(topic, sns.client);
});
afterAll(() => sns?.stop());

test('a topic is given the notice in the form of custom notifications, as one thread for what it belongs to', async () => {
  await sender.send(notice);
  const [published] = sns.asked;
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
  const { content } = JSON.parse(sns.asked.at(-1)?.get('Message') ?? '');
  expect(content.description).not.toContain('ann');
});

test('a topic that takes nothing fails by name, and is asked once', async () => {
  sns.state.mood = 'refuses';
  const before = sns.asked.length;
  const sending = sender.send(notice);
  await expect(sending).rejects.toThrow(ChatAway);
  await expect(sending).rejects.toThrow(/^SNS did not take inc_1:opened:P1:1:1 for the chat: Authorization/);
  expect(sns.asked.length - before).toBe(1);
});

test('CHAT_URL that names no chat is refused with what to write', async () => {
  await expect(openChatSender('https://chat.example')).rejects.toThrow(/use sns:<ARN of a topic> or folder:\/path$/);
});
