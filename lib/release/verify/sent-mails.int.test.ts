/** The notes of sent mails as notification writes them, read as a verification does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { anEvent, anOrder } from '../../../services/contracts/testing/order-events.ts';
import { messageFor } from '../../../services/notification/domain/message.ts';
import { type MailTables, startMailTables } from '../../../services/notification/testing/mail-tables.ts';
import { startMailbox } from '../../local/mailbox.ts';
import { sentMailsOf, services } from '../../services.ts';
import { confirmationId, mailIdOf } from '../../shop/mail-folder.ts';
import { NotObservable } from './not-observable.ts';
import { mailedTo, notAsked, notedAsSent } from './sent-mails.ts';

const staging = { name: 'staging', region: 'us-east-1' } as const;
const email = 'ada@example.com';
const NAMES = ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const saved = NAMES.map((name) => [name, process.env[name]] as const);

let table: MailTables;
beforeAll(async () => {
  table = await startMailTables();
  for (const name of NAMES) process.env[name] = name.endsWith('DYNAMODB') ? table.endpoint : 'test';
});
afterAll(async () => {
  for (const [name, value] of saved)
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  await table.stop();
});

test('in the mailbox of a local run a confirmation counts, and no other mail to the same address', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sent-mails-'));
  const mailbox = await startMailbox(folder, 0);
  const put = (notificationId: string) =>
    writeFile(
      path.join(folder, `${mailIdOf(notificationId)}.json`),
      JSON.stringify({
        notificationId,
        from: 'a',
        to: email,
        subject: 's',
        text: 't',
        html: 'h',
        sentAt: '2026-01-01',
      }),
    );
  const wasMailed = mailedTo(mailbox.url);
  try {
    await put('usr_1:verify-address:evt_1');
    await put(confirmationId('ord_2'));
    expect(await wasMailed('ord_1', email)).toBe(false);
    await put(confirmationId('ord_1'));
    expect(await wasMailed('ord_1', email)).toBe(true);
  } finally {
    await mailbox.close();
    await rm(folder, { recursive: true });
  }
});

test('a confirmation counts as mailed once it is noted as sent, and not while it is being sent', async () => {
  let looked = 0;
  const noted = sentMailsOf(services);
  const wasMailed = notedAsSent(staging, {
    partitionKey: noted?.partitionKey ?? '',
    tableName: async () => {
      looked += 1;
      return noted?.table ?? '';
    },
  });
  const order = anOrder(1);
  expect(await wasMailed(order.id, email)).toBe(false);
  const id = messageFor(anEvent('order.paid.v1', order))?.notificationId ?? '';
  await table.sentLog.claim(id, { kind: 'order-confirmed', about: order.id });
  expect(await wasMailed(order.id, email)).toBe(false);
  await table.sentLog.end(id, 'sent', 'message-1');
  expect(await wasMailed(order.id, email)).toBe(true);
  expect(await wasMailed(anOrder(2).id, email)).toBe(false);
  expect(looked).toBe(1);
});

test('a table that AWS does not show, or whose name the stacks do not tell, cannot be observed, and the reason is said', async () => {
  const stranger = notedAsSent(staging, { partitionKey: 'id', tableName: async () => 'of-nobody' });
  await expect(stranger('ord_1', email)).rejects.toThrow(
    /^the notes of sent mails in us-east-1 cannot be read: .*not found/,
  );
  const nameless = notedAsSent(staging, {
    partitionKey: 'id',
    tableName: () => Promise.reject(new Error('no stack of staging is deployed')),
  });
  await expect(nameless('ord_1', email)).rejects.toThrow(/cannot be read: no stack of staging is deployed$/);
  await expect(nameless('ord_1', email)).rejects.toThrow(NotObservable);
  await expect(notAsked('ord_1', email)).rejects.toThrow(/--no-aws.*--mailbox/);
});
