import { expect, test } from '@jest/globals';
import type { Consumption } from '../manifest.ts';
import { disagreements, handledBy, handlerOf, onEach } from './handlers.ts';

const handle = async () => {};

test('handlers say what they handle in the words of a manifest', () => {
  expect(
    handledBy({ sales: handle, returns: { 'return.made.v1': handle }, visits: onEach(['a', 'b'], handle) }),
  ).toEqual({
    sales: 'all',
    returns: ['return.made.v1'],
    visits: ['a', 'b'],
  });
});

test('one handler takes every type of a topic, a handler for each takes no other, not even a name that every object has', () => {
  expect(handlerOf(handle, 'return.made.v1')).toBe(handle);
  expect(handlerOf({ 'return.made.v1': handle }, 'return.made.v1')).toBe(handle);
  for (const type of ['return.refused.v1', 'constructor', 'toString', ''])
    expect(handlerOf({ 'return.made.v1': handle }, type)).toBeUndefined();
  expect(handlerOf(undefined, 'return.made.v1')).toBeUndefined();
});

test.each<[what: string, declared: Consumption, handled: Consumption, clauses: readonly string[]]>([
  ['nothing', {}, {}, []],
  ['all of a topic', { sales: 'all' }, { sales: 'all' }, []],
  ['the same types in another order', { sales: ['a', 'b'] }, { sales: ['b', 'a'] }, []],
  [
    'a topic that nobody handles',
    { sales: 'all' },
    {},
    ['consumes sales, but nothing in the background of app.ts handles it'],
  ],
  ['a topic that nobody declares', {}, { sales: ['a'] }, ['does not consume sales, which app.ts handles']],
  [
    'a type that nobody handles and one that nobody declares',
    { sales: ['a', 'b'] },
    { sales: ['b', 'c'] },
    [
      'consumes a of sales, but nothing in the background of app.ts handles it',
      'does not consume c of sales, which app.ts handles',
    ],
  ],
  [
    'some types where all are declared',
    { sales: 'all' },
    { sales: ['a'] },
    ['consumes all of sales, but app.ts handles a alone'],
  ],
  [
    'one handler for all where types are declared',
    { sales: ['a', 'b'] },
    { sales: 'all' },
    ['consumes a, b of sales, but app.ts has one handler for all of it; give each type its own'],
  ],
])('a manifest and handlers that agree or not: %s', (_what, declared, handled, clauses) => {
  expect(disagreements(declared, handled)).toEqual(clauses);
});
