import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { anOrder } from '../../contracts/testing/order-events.ts';
import { MailRefused, type MailSender, SenderAway } from '../../kit/mail/mail-sender.ts';
import { renderMail } from '../templates/render-mail.ts';
import { type MailTables, startMailTables } from '../testing/mail-tables.ts';
import { aMessage } from '../testing/sample-message.ts';
import type { SendOnceEffects } from './notification-effects.ts';
import { sendOnce } from './send-once.ts';

let table: MailTables;
let effects: SendOnceEffects;
beforeAll(async () => {
  table = await startMailTables();
  effects = {
    sentLog: table.sentLog,
    sender: table.sender,
    clock: table.clock,
    from: 'orders@example.com',
    recipients: table.recipients,
    limits: { unpaid: 3, paid: 0, unproved: 6 },
    readProblem: (problem) => {
      if (problem instanceof SenderAway) return 'away';
      return problem instanceof MailRefused ? 'refused' : 'unsure';
    },
  };
});
afterAll(() => table?.stop());

let orders = 0;
const newMessage = () => aMessage('order.paid.v1', anOrder(++orders));
type Message = ReturnType<typeof newMessage>;
const send = async (message: Message, parts: Partial<SendOnceEffects> = {}) => {
  const outcome = await sendOnce({ ...effects, ...parts }, message, renderMail(message, { name: 'CloudMart' }));
  return outcome.state === 'postponed' ? outcome.obstacle.kind : outcome.state;
};
const sent = async (id: string) => (await table.mailbox()).filter((each) => each === id).length;
const throwing = (problem: Error): Partial<MailSender> => ({
  send: async () => {
    throw problem;
  },
});
const senderWith = (parts: Partial<MailSender>) => ({ sender: { ...table.sender, ...parts } });
class Crash extends Error {}
const crash = async () => {
  throw new Crash();
};

/** Longer than a claim lasts. */
const untilClaimsRunOut = () => table.clock.advance(21_000);

describe('a message', () => {
  test('goes out once, however often it is asked for', async () => {
    const message = newMessage();
    expect(await send(message)).toBe('sent');
    expect(await send(message)).toBe('known');
    untilClaimsRunOut();
    expect(await send(message)).toBe('known');
    expect(await sent(message.notificationId)).toBe(1);
  });

  test('goes out once, however many ask at once', async () => {
    const message = newMessage();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => send(message)));
    expect(outcomes.filter((outcome) => outcome === 'sent')).toHaveLength(1);
    expect(outcomes.filter((outcome) => !['sent', 'known', 'until'].includes(outcome))).toEqual([]);
    expect(await sent(message.notificationId)).toBe(1);
  });

  test('whose end nobody noted goes out once, by whoever comes after its claim ran out', async () => {
    const message = newMessage();
    const dying = { sentLog: { ...table.sentLog, end: crash } };
    await expect(send(message, dying)).rejects.toBeInstanceOf(Crash);
    expect(await send(message)).toBe('until');
    untilClaimsRunOut();
    expect(await send(message)).toBe('known');
    expect(await sent(message.notificationId)).toBe(1);
  });

  test.each([
    ['refused', new MailRefused('mailbox full'), 'failed'],
    ['not sent, the sender being away,', new SenderAway('no connection'), 'away'],
  ])('that was surely %s can be tried again at once, any number of times', async (_what, problem, obstacle) => {
    const message = newMessage();
    for (let tries = 0; tries < 9; tries++) expect(await send(message, senderWith(throwing(problem)))).toBe(obstacle);
    expect(await send(message)).toBe('sent');
  });

  test('is not begun when its claim is nearly over, because another may take over meanwhile', async () => {
    const message = newMessage();
    const slow: Partial<SendOnceEffects> = {
      sentLog: {
        ...table.sentLog,
        claim: async (...of) => {
          const claim = await table.sentLog.claim(...of);
          table.clock.advance(11_000);
          return claim;
        },
      },
    };
    expect(await send(message, slow)).toBe('failed');
    expect(await sent(message.notificationId)).toBe(0);
    expect(await send(message)).toBe('sent');
  });
});

describe('a message that may be out', () => {
  const lost = throwing(new Error('socket hang up'));

  test('is looked for by a sender that can tell, and sent if it is not there', async () => {
    const message = newMessage();
    for (let tries = 0; tries < 5; tries++) {
      expect(await send(message, senderWith(lost))).toBe('until');
      untilClaimsRunOut();
    }
    expect(await send(message)).toBe('sent');
    expect(await sent(message.notificationId)).toBe(1);
  });

  test('waits while the sender cannot be asked', async () => {
    const message = newMessage();
    const answerless: Partial<MailSender> = {
      send: async (mail) => {
        await table.sender.send(mail);
        throw new Error('socket hang up');
      },
    };
    expect(await send(message, senderWith(answerless))).toBe('until');
    untilClaimsRunOut();
    const away = {
      findSent: async () => {
        throw new SenderAway('no connection');
      },
    };
    expect(await send(message, senderWith(away))).toBe('away');
    expect(await send(message)).toBe('known');
    expect(await sent(message.notificationId)).toBe(1);
  });

  test('is sent three times at most by a sender that cannot tell', async () => {
    const message = newMessage();
    let sends = 0;
    const blind: Partial<MailSender> = {
      send: async () => {
        sends += 1;
        throw new Error('socket hang up');
      },
      findSent: async () => 'unknown',
    };
    const outcomes: string[] = [];
    for (let tries = 0; tries < 5; tries++) {
      outcomes.push(await send(message, senderWith(blind)));
      untilClaimsRunOut();
    }
    expect(outcomes).toEqual(['until', 'until', 'until', 'unsure', 'known']);
    expect(sends).toBe(3);
  });
});
