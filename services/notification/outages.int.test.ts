/** What becomes of mails while something is away: nothing is lost, nothing is sent twice, and nobody has to help. */
import { rename, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IncomingEvent } from '../kit/functions/read-records.ts';
import { MailRefused, type MailSender, SenderAway } from '../kit/mail/mail-sender.ts';
import { createLogger } from '../kit/telemetry/logger.ts';
import { allWell, msk, theClock } from '../kit/testing/incoming-events.ts';
import { type NotificationDependencies, notificationApp } from './app.ts';
import { newOrder, paid, text } from './testing/incoming.ts';
import { absentTables, type MailTables, startMailTables, testConfig } from './testing/mail-tables.ts';

let table: MailTables;
let lines: { level: string; message: string }[];
let app: (event: IncomingEvent) => Promise<unknown>;

const start = async (parts: Partial<NotificationDependencies> = {}) => {
  const log = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const handle = await notificationApp({
    config: testConfig,
    logger: createLogger('notification', 'info', log),
    ...{ ...table, ...parts },
  });
  return (event: IncomingEvent) => handle(event, 60_000);
};

beforeEach(async () => {
  table = await startMailTables();
  lines = [];
  app = await start();
});
afterEach(() => table.stop());

/** The mailbox becomes a file, as when a disk is replaced under a running shop. */
const takeMailboxAway = async () => {
  await rename(table.folder, `${table.folder}.away`);
  await writeFile(table.folder, '');
};
const bringMailboxBack = async () => {
  await rm(table.folder);
  await rename(`${table.folder}.away`, table.folder);
};

/** Lets time pass, with a call by the clock every five seconds; returns after how many seconds all mails were there. */
const secondsUntilMailed = async (ids: readonly string[], mostSeconds: number) => {
  for (let seconds = 0; seconds <= mostSeconds; seconds += 5) {
    const mails = await table.mailbox();
    if (ids.every((id) => mails.includes(`${id}:order-confirmed`))) return seconds;
    table.clock.advance(5_000);
    await app(theClock);
  }
  throw new Error(`not mailed within ${mostSeconds} s`);
};

describe('a mailbox that is away', () => {
  test.each([
    [2, 30],
    [90, 180],
    [3_600, 3_600 + 90],
    [48 * 3_600, 48 * 3_600 + 90],
  ])('for %i s delays mails and loses none', async (awaySeconds, mostSeconds) => {
    const orders = Array.from({ length: 12 }, newOrder);
    await takeMailboxAway();
    expect(await app(paid(...orders))).toEqual(allWell);
    const step = Math.ceil(awaySeconds / 30);
    for (let seconds = 0; seconds < awaySeconds; seconds += step) {
      table.clock.advance(step * 1000);
      expect(await app(theClock)).toEqual(allWell);
    }
    await bringMailboxBack();
    const ids = orders.map(({ id }) => id);
    await secondsUntilMailed(ids, mostSeconds - awaySeconds);
    expect((await table.mailbox()).toSorted()).toEqual(ids.map((id) => `${id}:order-confirmed`).toSorted());
    expect(await table.postponedMails.due(new Date(table.clock.now().getTime() + 86_400_000), 9)).toEqual([]);
  });

  test('is an error in the log once a mail has waited for a quarter of an hour, and not before', async () => {
    await takeMailboxAway();
    await app(paid(newOrder()));
    table.clock.advance(10_000);
    await app(theClock);
    expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
    table.clock.advance(15 * 60_000);
    await app(theClock);
    expect(lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual(['a mail waits']);
    await bringMailboxBack();
  });

  test('for more than three days ends in an error that names the mail, and in a note', async () => {
    await takeMailboxAway();
    const order = newOrder();
    await app(paid(order));
    table.clock.advance(4 * 86_400_000);
    await app(theClock);
    expect(lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'a mail that waited too long was given up',
      notificationId: `${order.id}:order-confirmed`,
    });
    await bringMailboxBack();
    await app(paid(order));
    expect(await table.mailbox()).toEqual([]);
  });

  test('is asked once a batch, not once a mail', async () => {
    let asked = 0;
    const send = async () => {
      asked += 1;
      throw new SenderAway('no connection');
    };
    app = await start({ sender: { ...table.sender, send } });
    const oneLane = Array.from({ length: 30 }, () => text('order.paid.v1'));
    expect(await app(msk(oneLane.map((value) => ['one-key', value] as const)))).toEqual(allWell);
    expect(asked).toBe(1);
  });
});

describe('a mail that is refused', () => {
  test('holds up no other, and goes out when the cause is gone', async () => {
    const [ill, well] = [newOrder(), newOrder()];
    let isRefused = true;
    const send: MailSender['send'] = async (mail) => {
      if (isRefused && mail.notificationId.startsWith(ill.id)) throw new MailRefused('not verified');
      return table.sender.send(mail);
    };
    app = await start({ sender: { ...table.sender, send } });
    expect(await app(paid(ill, well))).toEqual(allWell);
    expect(await table.mailbox()).toEqual([`${well.id}:order-confirmed`]);
    isRefused = false;
    await secondsUntilMailed([ill.id], 30);
  });
});

describe('tables that are away', () => {
  test('make the whole batch come back, which then mails each once', async () => {
    const orders = [newOrder(), newOrder()];
    const batch = paid(...orders);
    const withoutTables = await start(await absentTables(table.clock));
    await expect(withoutTables(batch)).rejects.toThrow('none of 2 records could be handled');
    expect(await withoutTables(theClock)).toEqual(allWell);
    expect(await app(batch)).toEqual(allWell);
    expect(await table.mailbox()).toHaveLength(2);
  });
});
