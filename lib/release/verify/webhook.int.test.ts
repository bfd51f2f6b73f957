import { expect, test } from '@jest/globals';
import { closedPort } from '../../../services/kit/testing/loopback.ts';
import { startWebhookReceiver } from '../testing/webhook-receiver.ts';
import { postMessage, webhookUrl } from './webhook.ts';

const sentenceOf = (work: Promise<void>) =>
  work.then(
    () => 'it was taken',
    (problem: Error) => problem.message,
  );

test('one message arrives once', async () => {
  const chat = await startWebhookReceiver();
  try {
    await postMessage(webhookUrl(chat.url), 'rolled back');
    expect(chat.messages).toEqual(['rolled back']);
  } finally {
    await chat.close();
  }
});

test.each([500, 403, 302])('an answer %d is a failure that keeps the address to itself', async (status) => {
  const chat = await startWebhookReceiver(status);
  try {
    const sentence = await sentenceOf(postMessage(webhookUrl(chat.url), 'rolled back'));
    expect(sentence).toMatch(/^the chat webhook (took|got) no message: /);
    expect(sentence).not.toContain('secret');
    expect(chat.messages).toHaveLength(1);
  } finally {
    await chat.close();
  }
});

test('nobody at the address is a failure that keeps the address to itself', async () => {
  const sentence = await sentenceOf(postMessage(webhookUrl(`http://127.0.0.1:${closedPort}/secret`), 'rolled back'));
  expect(sentence).toBe('the chat webhook got no message: ECONNREFUSED');
});

test.each([
  'http://chat.example/secret',
  'ftp://chat.example/secret',
  'secret',
  'http://127.0.0.1.evil.example/secret',
])('a message is not sent to %s', (address) => {
  expect(() => webhookUrl(address)).toThrow(/^the chat webhook is no https address; .*\(its value is not shown\)$/);
});

test.each(['https://chat.example/hook', 'http://localhost:8065/hook', 'http://[::1]:8065/hook'])(
  'a message may be sent to %s',
  (address) => {
    expect(webhookUrl(address).href).toBe(address);
  },
);
