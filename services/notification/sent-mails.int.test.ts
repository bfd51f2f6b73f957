/** What the topic of sent mails is told: each mail once in effect, nothing that identifies its reader, and no mail waits for it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type SentMail, sentMailSchema } from '../contracts/mails/sent-mail.ts';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { MailRefused } from '../kit/mail/mail-sender.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { allWell, msk, sqs, theClock } from '../kit/testing/incoming-events.ts';
import { type SnsPeer, startSnsPeer } from '../kit/testing/peers/sns-peer.ts';
import { type NotificationDependencies, notificationApp } from './app.ts';
import { openMailTopic } from './clients/open-mail-topic.ts';
import { createSnsMailTopic, snsSettings } from './clients/sns-mail-topic.ts';
import { mailRequested } from './testing/account-mails.ts';
import { newOrder, paid, text } from './testing/incoming.ts';
import { type MailTables, startMailTables, testConfig } from './testing/mail-tables.ts';

const arn = 'arn:aws:sns:eu-central-1:111122223333:cloudmart-test-mails';

let table: MailTables;
let sns: SnsPeer;
let lines: { level: string; message: string }[];
let app: (event: IncomingEvent) => Promise<unknown>;

const start = async (parts: Partial<NotificationDependencies> = {}) => {
  const log = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const handle = await notificationApp({
    config: testConfig,
    logger: createLogger('notification', 'info', log),
    ...{ ...table, topic: createSnsMailTopic(arn, sns.client), ...parts },
  });
  return (event: IncomingEvent) => handle(event, 60_000);
};

beforeEach(async () => {
  [table, sns] = await Promise.all([startMailTables(), startSnsPeer(snsSettings)]);
  lines = [];
  app = await start();
});
afterEach(() => Promise.all([table.stop(), sns.stop()]));

const told = (): SentMail[] =>
  sns.asked.map((call) => sentMailSchema.strict().parse(JSON.parse(call.get('Message') ?? '')));
/** Lets time pass, with a call by the clock after it. */
const later = async (seconds: number) => {
  table.clock.advance(seconds * 1_000);
  expect(await app(theClock)).toEqual(allWell);
};
const waiting = () => table.postponedMails.due(new Date(table.clock.now().getTime() + 86_400_000), 99);

describe('the topic of sent mails', () => {
  test('is told which mail of which order went out, when, and under which name', async () => {
    const order = newOrder();
    expect(await app(paid(order))).toEqual(allWell);
    const [call] = sns.asked;
    expect([call?.get('Action'), call?.get('TopicArn')]).toEqual(['Publish', arn]);
    const id = `${order.id}:order-confirmed`;
    const { detail, endedAt } = (await table.recordOf(id)) ?? {};
    expect(told()).toEqual([
      { version: 1, id, kind: 'order-confirmed', orderId: order.id, messageId: detail, sentAt: endedAt },
    ]);
  });

  test('learns of mails about accounts the account, and of nobody an address, a name or a word of the mail', async () => {
    const userId = 'usr_01hzy3k5n6p7q8r9s0t1v2w3x4';
    const order = newOrder();
    await app(msk([['a', mailRequested(table.clock, 'reset-password', { userId })]]));
    await app(paid(order));
    expect(told()).toMatchObject([{ kind: 'reset-password', accountId: userId }, { orderId: order.id }]);
    const said = sns.asked.map(String).join();
    // What stands in the event or the mail: the address, the name, the street, what was bought, and the link.
    for (const secret of ['ada', '@', '%40', 'Ada', 'Winding', 'films', 'token']) expect(said).not.toContain(secret);
  });

  test('is told once of a mail whose event comes twice, one after the other or at the same time', async () => {
    const [order, other] = [newOrder(), newOrder()];
    expect(await app(paid(order))).toEqual(allWell);
    expect(await app(paid(order))).toEqual(allWell);
    expect(await app(sqs(Array.from({ length: 8 }, () => text('order.paid.v1', other))))).toEqual(allWell);
    await later(30);
    await later(30);
    expect(told().map(({ orderId }) => orderId)).toEqual([order.id, other.id]);
    expect(await waiting()).toEqual([]);
  });

  test('is told of no mail that did not go out', async () => {
    const send = async () => {
      throw new MailRefused('not verified');
    };
    app = await start({ sender: { ...table.sender, send } });
    expect(await app(paid(newOrder()))).toEqual(allWell);
    await later(4 * 86_400);
    expect(lines.at(-1)?.message).toBe('a mail that waited too long was given up');
    expect(sns.asked).toEqual([]);
  });
});

describe('a topic that is away', () => {
  const moods = ['refuses', 'hangs up', 'is silent'] as const;

  test.each(moods)(
    'because it %s delays no mail, is asked once a batch, and hears of each mail in the end',
    async (mood) => {
      sns.state.mood = mood;
      const orders = Array.from({ length: 12 }, newOrder);
      const ids = orders.map(({ id }) => `${id}:order-confirmed`).toSorted();
      const oneLane = orders.map((order) => ['one-key', text('order.paid.v1', order)] as const);
      expect(await app(msk(oneLane))).toEqual(allWell);
      expect((await table.mailbox()).toSorted()).toEqual(ids);
      expect(sns.asked).toHaveLength(1);

      sns.state.mood = 'takes';
      sns.asked.length = 0;
      await later(30);
      expect(
        told()
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(ids);
      await later(3_600);
      expect(sns.asked).toHaveLength(12);
      expect((await table.mailbox()).toSorted()).toEqual(ids);
      expect(await waiting()).toEqual([]);
    },
  );

  test('after it took what was said is told the same again, so that the id tells that it is the same', async () => {
    sns.state.mood = 'hangs up';
    expect(await app(paid(newOrder()))).toEqual(allWell);
    sns.state.mood = 'takes';
    await later(30);
    const [first, second, ...more] = told();
    expect(more).toEqual([]);
    expect(second).toEqual(first);
    expect(await table.mailbox()).toEqual([first?.id]);
  });

  test('hears of a mail also when its event calls for none any more', async () => {
    sns.state.mood = 'refuses';
    await app(msk([['a', mailRequested(table.clock, 'reset-password', { minutes: 30 })]]));
    sns.state.mood = 'takes';
    sns.asked.length = 0;
    await later(2 * 3_600);
    expect(told()).toMatchObject([{ kind: 'reset-password' }]);
    expect(await waiting()).toEqual([]);
  });

  test('is an error in the log after a quarter of an hour, and given up after three days; the mail stays sent', async () => {
    sns.state.mood = 'refuses';
    const order = newOrder();
    await app(paid(order));
    await later(10);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    await later(16 * 60);
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'a mail is out, and who listens to sent mails is told later',
    });
    await later(4 * 86_400);
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'a mail is out, and who listens to sent mails was never told',
    });
    expect(await table.recordOf(`${order.id}:order-confirmed`)).toMatchObject({ state: 'sent' });
    expect(await waiting()).toEqual([]);
  });
});

test('SENT_MAILS_URL that names no topic is refused with what to write', async () => {
  await expect(openMailTopic('https://topic.example')).rejects.toThrow(/use sns:<ARN of a topic> or folder:\/path$/);
});
