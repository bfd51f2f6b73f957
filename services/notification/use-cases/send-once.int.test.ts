import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MailRefused } from '../clients/mail-sender.ts';
import { renderMail } from '../templates/render-mail.ts';
import { aMessage, anOrder } from '../testing/order-events.ts';
import { startSentTable } from '../testing/sent-table.ts';
import { MessageInProgress, type SendOnceEffects, sendOnce } from './send-once.ts';

let table: Awaited<ReturnType<typeof startSentTable>>;
let effects: SendOnceEffects;
beforeAll(async () => {
  table = await startSentTable();
  effects = {
    ...{ sentLog: table.sentLog, sender: table.sender, render: renderMail },
    from: 'orders@example.com',
    isRefused: (problem) => problem instanceof MailRefused,
  };
});
afterAll(() => table?.stop());

let orders = 0;
const newMessage = () => aMessage('order.paid.v1', anOrder(++orders));
const sent = async (id: string) => (await table.mailbox()).filter((each) => each === id).length;
class Crash extends Error {}
const crash = async () => {
  throw new Crash();
};

/** Longer than a claim lasts. */
const untilClaimsRunOut = () => table.clock.advance(61_000);

describe('a message', () => {
  test('goes out once, however often it is asked for', async () => {
    const message = newMessage();
    expect(await sendOnce(effects, message)).toBe('sent');
    expect(await sendOnce(effects, message)).toBe('known');
    untilClaimsRunOut();
    expect(await sendOnce(effects, message)).toBe('known');
    expect(await sent(message.notificationId)).toBe(1);
  });

  test('goes out once, however many ask at once', async () => {
    const message = newMessage();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => sendOnce(effects, message)));
    const done = outcomes.filter((each) => each.status === 'fulfilled' && each.value === 'sent');
    expect(done).toHaveLength(1);
    for (const each of outcomes) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(MessageInProgress);
    expect(await sent(message.notificationId)).toBe(1);
  });

  test.each<[string, (effects: SendOnceEffects) => SendOnceEffects]>([
    ['before it is sent', (all) => ({ ...all, sender: { ...all.sender, send: crash } })],
    ['after it is sent and before that is noted', (all) => ({ ...all, sentLog: { ...all.sentLog, confirm: crash } })],
  ])('whose sender dies %s goes out once, when the claim has run out', async (_when, dying) => {
    const message = newMessage();
    await expect(sendOnce(dying(effects), message)).rejects.toBeInstanceOf(Crash);
    await expect(sendOnce(effects, message)).rejects.toBeInstanceOf(MessageInProgress);
    untilClaimsRunOut();
    await sendOnce(effects, message);
    expect(await sendOnce(effects, message)).toBe('known');
    expect(await sent(message.notificationId)).toBe(1);
  });

  test('that was surely not sent can be tried again at once', async () => {
    const message = newMessage();
    const refuse = async () => {
      throw new MailRefused('mailbox full');
    };
    const refusing = { ...effects, sender: { ...table.sender, send: refuse } };
    await expect(sendOnce(refusing, message)).rejects.toBeInstanceOf(MailRefused);
    expect(await sendOnce(effects, message)).toBe('sent');
  });
});
