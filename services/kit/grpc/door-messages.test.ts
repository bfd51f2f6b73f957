import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { AnyRequest } from '../http/doors.ts';
import {
  answerOfMessage,
  type CalledDoor,
  eventOfMessage,
  messageOfAnswer,
  messageOfEvent,
  messageOfRequest,
  requestOfMessage,
} from './door-messages.ts';

const box = z.strictObject({
  name: z.string(),
  label: z.string().nullable(),
  sides: z.array(z.strictObject({ colour: z.string().nullable().default(null), size: z.int().optional() })),
});
const door = {
  method: 'POST',
  path: '/shelves/:shelf/boxes',
  access: 'public',
  tags: [],
  summary: 'Put a box on a shelf',
  params: z.strictObject({ shelf: z.string() }),
  query: z.strictObject({ limit: z.coerce.number().int() }),
  headers: z.looseObject({ 'idempotency-key': z.string().min(4).optional() }),
  body: z.strictObject({ name: z.string(), sides: z.array(z.string()).min(1).optional() }).nullish(),
  answers: { 201: z.strictObject({ box }) },
  answerHeaders: z.object({ 'x-again': z.string().optional() }),
  rpc: { method: 'putBox' },
} satisfies CalledDoor;

const request = (parts: object) => parts as unknown as AnyRequest;

describe('a request as a message', () => {
  test('lies flat, and is the same request at the other end', () => {
    const parts = {
      params: { shelf: 'a' },
      query: { limit: 5 },
      headers: { 'idempotency-key': 'key-1', cookie: 'secret' },
      body: { name: 'x', sides: ['red'] },
    };
    const message = messageOfRequest(door, request(parts));
    expect(message).toEqual({ shelf: 'a', limit: 5, idempotencyKey: 'key-1', name: 'x', sides: ['red'] });
    expect(requestOfMessage(door, message)).toEqual({ ...parts, headers: { 'idempotency-key': 'key-1' } });
  });

  test('leaves out what is missing, and an empty list is a missing one', () => {
    const parts = { params: { shelf: 'a' }, query: { limit: 5 }, headers: {}, body: { name: 'x' } };
    const message = { ...messageOfRequest(door, request(parts)), sides: [], idempotencyKey: undefined };
    expect(requestOfMessage(door, message).body).toEqual({ name: 'x', sides: undefined });
  });

  test('is refused with the paths that the HTTP door would name', () => {
    const wrong = { shelf: 'a', limit: 1.5, idempotencyKey: 'k', name: 7, sides: [] };
    expect(() => requestOfMessage(door, wrong)).toThrow(
      expect.objectContaining({
        code: 'request.invalid',
        errors: ['limit', 'idempotency-key', 'name'].map((path) => expect.objectContaining({ path })),
      }),
    );
  });
});

describe('an answer as a message', () => {
  const whole = { box: { name: 'x', label: null, sides: [{ colour: null, size: undefined }] } };

  test('has no nulls on the way, and its nulls again at the other end', () => {
    const message = messageOfAnswer(door, { headers: { 'x-again': 'true' }, body: whole });
    expect(message).toEqual({ box: { name: 'x', sides: [{}] }, xAgain: 'true' });
    expect(answerOfMessage(door, message)).toEqual({ headers: { 'x-again': 'true' }, body: whole });
  });

  test('loses what a newer service says beyond the contract', () => {
    const newer = { box: { name: 'x', sides: [], weight: 5 }, price: 7 };
    expect(answerOfMessage(door, newer)).toEqual({
      headers: { 'x-again': undefined },
      body: { box: { name: 'x', label: null, sides: [] } },
    });
  });

  test('lies in a field of its message where the door says so', () => {
    const { answerHeaders: _none, ...plain } = door;
    const nested = { ...plain, answers: { 201: box }, rpc: { method: 'putBox', answer: 'box' } };
    const message = messageOfAnswer(nested, whole.box);
    expect(message).toEqual({ box: { name: 'x', sides: [{}] } });
    expect(answerOfMessage(nested, message)).toEqual(whole.box);
  });

  test('of an event has its id as the sequence, and is refused when it breaks the contract', () => {
    const telling = { ...door, events: { name: 'box', data: box, isLast: () => false } };
    const event = { id: 3, data: { name: 'x', label: null, sides: [] } };
    expect(messageOfEvent(event)).toEqual({ name: 'x', sides: [], sequence: 3 });
    expect(eventOfMessage(telling, messageOfEvent(event))).toEqual(event);
    expect(() => eventOfMessage(telling, { sequence: 3, name: 7, sides: [] })).toThrow();
  });
});
