import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { mailIdOf, openMailFolder } from '../shop/mail-folder.ts';
import { auditMails, auditOrders } from './own-orders.ts';

describe('the orders of a replay', () => {
  const accepted = [{ orderId: 'ord_1' }, { orderId: 'ord_2' }];
  const keys = new Set(['key-1', 'key-2', 'key-3']);

  test('are well when each is there once', () => {
    const stored = [
      { id: 'ord_1', key: 'key-1' },
      { id: 'ord_2', key: 'key-2' },
    ];
    expect(auditOrders(stored, accepted, keys)).toEqual({ lost: [], doubled: [], unheard: [] });
  });

  test('are lost when they were promised and are not there', () => {
    expect(auditOrders([{ id: 'ord_2', key: 'key-2' }], accepted, keys).lost).toEqual(['ord_1']);
  });

  test('are doubled when nobody asked for them, and unheard when their purchase failed for want of an answer', () => {
    const stored = [
      { id: 'ord_1', key: 'key-1' },
      { id: 'ord_2', key: 'key-2' },
      { id: 'ord_3', key: 'key-3' },
      { id: 'ord_4', key: 'of-nobody' },
      { id: 'ord_5', key: null },
    ];
    expect(auditOrders(stored, accepted, keys)).toEqual({ lost: [], doubled: ['ord_4', 'ord_5'], unheard: ['ord_3'] });
  });
});

test('mails are those of the own orders: one that is missing is waited for, and others do not count', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'mails-'));
  const send = (notificationId: string) =>
    writeFile(path.join(folder, `${mailIdOf(notificationId)}.json`), JSON.stringify({ notificationId, to: ['a@b.c'] }));
  await send('ord_of_an_earlier_replay:order-confirmed');
  await send('ord_1:order-confirmed');
  const { signal } = new AbortController();
  const look = (onWait: () => void, withinMs: number) =>
    auditMails(openMailFolder(folder), ['ord_1', 'ord_2'], { withinMs, onWait, signal });
  expect(await look(() => undefined, 0)).toEqual({ expected: 2, sent: 1, missing: ['ord_2'] });
  const audit = await look(() => void send('ord_2:order-confirmed'), 60_000);
  expect(audit).toEqual({ expected: 2, sent: 2, missing: [] });
  await rm(folder, { recursive: true });
});
