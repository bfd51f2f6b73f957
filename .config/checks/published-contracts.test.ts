import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Doors } from '../../services/contracts/http/door.ts';
import { documentsOf, incompatibleChanges, publishedIn, publishedOf } from './published-contracts.ts';

const soldV1 = z.object({
  type: z.literal('toy.sold.v1'),
  data: z.object({
    toyId: z.string(),
    price: z.strictObject({ amount: z.int(), currency: z.string() }),
    reason: z.enum(['gift', 'want']),
    note: z.string().nullable(),
  }),
});
const showToy: Doors[string] = {
  method: 'GET',
  path: '/toys/:id',
  access: 'public',
  tags: ['toys'],
  summary: 'One toy.',
  params: z.object({ id: z.string() }),
  query: z.object({ currency: z.enum(['USD', 'EUR']).optional() }),
  answers: { 200: z.strictObject({ id: z.string(), title: z.string(), size: z.number().optional() }) },
};
const makeToy: Doors[string] = {
  ...{ method: 'POST', path: '/toys', access: 'staff', tags: ['toys'], summary: 'A new toy.' },
  body: z.strictObject({ title: z.string(), size: z.number().optional() }),
  answers: { 201: z.strictObject({ id: z.string() }) },
};

type Event = z.ZodObject<{ type: z.ZodLiteral<string> }>;
const published = (events: readonly unknown[] = [soldV1], doors: Doors = { showToy, makeToy }, prefix = '/api/v1') =>
  publishedOf({ 'toy-events': { schema: { options: events as readonly Event[] } } }, prefix, [doors]);
const before = published();
const sold = (data: z.ZodRawShape, type = 'toy.sold.v1') => z.object({ type: z.literal(type), data: z.object(data) });
const { shape } = soldV1.shape.data;

test('what is written down says the same when it is read again', () => {
  expect(publishedIn(documentsOf(before))).toEqual(before);
  expect(incompatibleChanges(before, before)).toEqual([]);
});

describe('an event', () => {
  test.each([
    [
      'without a field',
      sold({ ...shape, toyId: z.string().optional() }),
      'event toy.sold.v1.data.toyId may be absent now',
    ],
    [
      'with a renamed field',
      sold({ ...shape, toyId: undefined as never, toy: z.string() }),
      'event toy.sold.v1.data.toyId is gone',
    ],
    [
      'with a field of another type',
      sold({ ...shape, toyId: z.number() }),
      'event toy.sold.v1.data.toyId was string and is number',
    ],
    [
      'with a value that nobody knows',
      sold({ ...shape, reason: z.enum(['gift', 'want', 'loss']) }),
      'event toy.sold.v1.data.reason may be loss now',
    ],
    [
      'with a field where no more is taken',
      sold({ ...shape, price: z.strictObject({ amount: z.int(), currency: z.string(), tax: z.int() }) }),
      'event toy.sold.v1.data.price.tax is new, and event toy.sold.v1.data.price takes no more',
    ],
    [
      'that may be absent where it was not',
      sold({ ...shape, toyId: z.string().nullable() }),
      'event toy.sold.v1.data.toyId was string and is string or null',
    ],
  ])('%s is refused by name', (_, event, sentence) => {
    const data = event.shape.data.shape;
    const kept = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
    expect(incompatibleChanges(before, published([sold(kept)]))).toContain(sentence);
  });

  test('that is gone is refused, unless its next version is there', () => {
    expect(incompatibleChanges(before, published([]))).toEqual(['event toy.sold.v1 of toy-events is gone']);
    expect(incompatibleChanges(before, published([sold({ toy: z.string() }, 'toy.sold.v2')]))).toEqual([]);
  });

  test('that tells more, or less of what may be told, is compatible', () => {
    const told = sold({ ...shape, colour: z.string(), reason: z.literal('gift'), note: z.string() });
    expect(incompatibleChanges(before, published([told]))).toEqual([]);
  });
});

describe('a route', () => {
  const withToy = (parts: Partial<Doors[string]>) =>
    published(undefined, { showToy: { ...showToy, ...parts }, makeToy });
  const withMaking = (body: z.ZodType) => published(undefined, { showToy, makeToy: { ...makeToy, body } });

  test.each([
    ['that is gone', published(undefined, { makeToy }), 'route GET /toys/{id} is gone'],
    [
      'whose answer lacks a field',
      withToy({ answers: { 200: z.strictObject({ id: z.string() }) } }),
      'route GET /toys/{id} answer 200.title is gone',
    ],
    [
      'with another status',
      withToy({ answers: { 204: z.strictObject({}) } }),
      'route GET /toys/{id} no longer answers 200',
    ],
    [
      'that takes fewer values',
      withToy({ query: z.object({ currency: z.enum(['USD']).optional() }) }),
      'route GET /toys/{id} query.currency no longer takes EUR',
    ],
    [
      'that must be given more',
      withMaking(z.strictObject({ title: z.string(), size: z.number() })),
      'route POST /toys body.size must be given now',
    ],
    ['that takes less', withMaking(z.strictObject({ title: z.string() })), 'route POST /toys body.size is gone'],
  ])('%s is refused by name', (_, after, sentence) => {
    expect(incompatibleChanges(before, after)).toContain(sentence);
  });

  test('may answer more, take more and have new neighbours, and anything under a new prefix', () => {
    const answers = {
      200: z.strictObject({ id: z.string(), title: z.string(), size: z.number(), colour: z.string() }),
    };
    expect(
      incompatibleChanges(before, withToy({ answers, query: z.object({ currency: z.string().optional() }) })),
    ).toEqual([]);
    expect(
      incompatibleChanges(
        before,
        withMaking(z.strictObject({ title: z.string().optional(), size: z.number().optional() })),
      ),
    ).toEqual([]);
    expect(incompatibleChanges(before, published(undefined, {}, '/api/v2'))).toEqual([]);
  });
});
