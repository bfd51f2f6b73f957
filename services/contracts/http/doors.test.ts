/** What must be true of every entry in every table of doors. */
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { OrderServiceDefinition } from '../generated/cloudmart/order/v1/order.ts';
import { UserServiceDefinition } from '../generated/cloudmart/user/v1/user.ts';
import { accountDoors } from './accounts/account-doors.ts';
import { mailDoors } from './accounts/mail-doors.ts';
import { sessionDoors } from './accounts/session-doors.ts';
import { staffDoors } from './accounts/staff-doors.ts';
import { addressOf } from './address-of.ts';
import { assistantDoors } from './assistant-doors.ts';
import { cartDoors } from './cart-doors.ts';
import { productDoors } from './catalogue/product-doors.ts';
import { keyDoors, siteDoors } from './discovery-doors.ts';
import type { Door, Doors } from './door.ts';
import { operationsDoors } from './operations/operations-doors.ts';
import { orderDoors } from './order-doors.ts';
import { paymentDoors } from './payment-doors.ts';
import { reconciliationDoors } from './reconciliation-doors.ts';
import { webhookDoors } from './webhook-doors.ts';

const tables: Readonly<Record<string, Doors>> = {
  accountDoors,
  mailDoors,
  assistantDoors,
  cartDoors,
  keyDoors,
  operationsDoors,
  orderDoors,
  paymentDoors,
  productDoors,
  reconciliationDoors,
  sessionDoors,
  siteDoors,
  staffDoors,
  webhookDoors,
};
const all = Object.entries(tables).flatMap(([table, doors]) =>
  Object.entries(doors).map(([name, door]): [string, Door] => [`${table}.${name}`, door]),
);

describe.each(all)('%s', (_name, door) => {
  test('describes every parameter of its path, and no other', () => {
    const named = [...door.path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter);
    expect(Object.keys(door.params?.shape ?? {})).toEqual(named);
  });

  test('has one status of success, or events, and nothing to say with 204', () => {
    const statuses = Object.keys(door.answers);
    expect(statuses).toHaveLength(door.events ? 0 : 1);
    if (statuses[0] === '204') expect(door.answers[204]?.safeParse(null).success).toBe(true);
  });

  test('names each of its refusals once', () => {
    expect(new Set(door.errors).size).toBe(door.errors?.length ?? 0);
  });
});

const methods: Readonly<Record<string, { requestType: unknown; responseType: unknown }>> = {
  ...OrderServiceDefinition.methods,
  ...UserServiceDefinition.methods,
};

const fieldOf = (name: string) => name.replaceAll(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
const shapeOf = (schema: z.ZodType | undefined): [string, z.ZodType][] => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return shapeOf(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodObject
    ? Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, field]) => [fieldOf(name), field])
    : [];
};
const fieldsOf = (type: unknown) => Object.keys((type as { fromPartial(none: object): object }).fromPartial({}));

describe.each(all.filter(([, { rpc }]) => rpc))('%s over gRPC', (_name, door) => {
  const { method = '', answer } = door.rpc ?? {};

  test('asks with the fields of its request message', () => {
    const asked = [door.params, door.query, door.headers, door.body].flatMap(shapeOf).map(([name]) => name);
    expect(asked.toSorted()).toEqual(fieldsOf(methods[method]?.requestType).toSorted());
  });

  test('answers with the fields of its answer message, and null where that has none', () => {
    const body = door.events?.data ?? Object.values(door.answers)[0];
    const named: [string, z.ZodType][] = answer === undefined ? shapeOf(body) : [[answer, z.any()]];
    const answered = [
      ...named,
      ...shapeOf(door.answerHeaders),
      ...(door.events ? [['sequence', z.int()]] : []),
    ] as const;
    const known = new Set(fieldsOf(methods[method]?.responseType));
    expect(answered.map(([name]) => name)).toEqual(expect.arrayContaining([...known]));
    for (const [name, schema] of answered)
      if (!known.has(name as string))
        expect([name, (schema as z.ZodType).safeParse(null).success]).toEqual([name, true]);
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
