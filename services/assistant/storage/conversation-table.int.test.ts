import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemIds } from '../../kit/system-ids.ts';
import { startTables, type TablesUnderTest } from '../../kit/testing/embedded-tables.ts';
import type { Conversation } from '../domain/conversation.ts';
import { manifest } from '../manifest.ts';
import { type ConversationTable, createConversationTable } from './conversation-table.ts';

let tables: TablesUnderTest;
let table: ConversationTable;
beforeAll(async () => {
  tables = await startTables(manifest);
  table = createConversationTable({ table: 'conversations', client: tables.client });
});
afterAll(() => tables.stop());

const turn = { message: 'How much?', answer: 'Nine.', sources: [], at: '2026-11-30T00:00:00.000Z' };

const aConversation = async (): Promise<Conversation> => {
  const conversation: Conversation = {
    id: systemIds.next('cnv'),
    channel: 'answers',
    owner: systemIds.next('usr'),
    reference: null,
    turns: [],
    expiresAt: 2_000_000_000,
    busyUntil: 0,
  };
  await table.create(conversation);
  return conversation;
};

test('a conversation is found as it was begun, and one that never was is not', async () => {
  const conversation = await aConversation();
  expect(await table.find(conversation.id)).toEqual(conversation);
  expect(await table.find(systemIds.next('cnv'))).toBeUndefined();
});

test('of ten messages at a time one has the conversation', async () => {
  const { id } = await aConversation();
  const claims = await Promise.all(
    Array.from({ length: 10 }, (_, at) => table.claim(id, { now: 1_000, until: 2_000 + at })),
  );
  expect(claims.filter(Boolean)).toHaveLength(1);
});

test('what was said is added and gives the conversation back, under the name that the provider uses now', async () => {
  const { id } = await aConversation();
  await table.claim(id, { now: 1_000, until: 2_000 });
  expect(await table.record(id, turn, { claim: 2_000, expiresAt: 2_000_000_100, reference: 'conv_2' })).toBe(true);
  expect(await table.find(id)).toMatchObject({
    turns: [turn],
    reference: 'conv_2',
    busyUntil: 0,
    expiresAt: 2_000_000_100,
  });
});

test('a claim that ran out is taken over, and its own answer is not kept', async () => {
  const { id } = await aConversation();
  await table.claim(id, { now: 1_000, until: 2_000 });
  expect(await table.claim(id, { now: 2_001, until: 3_000 })).toBe(true);
  expect(await table.record(id, turn, { claim: 2_000, expiresAt: 2_000_000_000, reference: null })).toBe(false);
  expect(await table.release(id, 2_000)).toBe(false);
  expect((await table.find(id))?.turns).toEqual([]);
});
