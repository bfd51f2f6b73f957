/** What must be true of every entry in every table of doors. */
import { describe, expect, test } from '@jest/globals';
import { cartDoors } from './cart-doors.ts';
import { addressOf, type Door, type Doors } from './door.ts';
import { paymentDoors } from './payment-doors.ts';
import { productDoors } from './product-doors.ts';

const tables: Readonly<Record<string, Doors>> = { cartDoors, paymentDoors, productDoors };
const all = Object.entries(tables).flatMap(([table, doors]) =>
  Object.entries(doors).map(([name, door]): [string, Door] => [`${table}.${name}`, door]),
);

describe.each(all)('%s', (_name, door) => {
  test('describes every parameter of its path, and no other', () => {
    const named = [...door.path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter);
    expect(Object.keys(door.params?.shape ?? {})).toEqual(named);
  });

  test('has one status of success, and nothing to say with 204', () => {
    const statuses = Object.keys(door.answers);
    expect(statuses).toHaveLength(1);
    if (statuses[0] === '204') expect(door.answers[204]?.safeParse(null).success).toBe(true);
  });

  test('names each of its refusals once', () => {
    expect(new Set(door.errors).size).toBe(door.errors?.length ?? 0);
  });
});

test('no two doors have the same method and path', () => {
  const places = all.map(([, { method, path }]) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
});

test('an address is made of checked values alone', () => {
  const door = { path: '/orders/:id/lines/:line' };
  expect(addressOf(door, { params: { id: '../x', line: 'a b' } })).toBe('/orders/..%2Fx/lines/a%20b');
  expect(addressOf({ path: '/orders' }, { query: { q: 'M&M /', limit: 5, cursor: undefined } })).toBe(
    '/orders?q=M%26M+%2F&limit=5',
  );
});
