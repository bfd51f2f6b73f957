import { expect, test } from '@jest/globals';
import { eachOne } from './each-one.ts';

const done: string[] = [];
const work = async (item: string) => {
  if (item.startsWith('bad')) throw new Error(`${item} cannot be done`);
  done.push(item);
};

test('one that fails is in the way of no other, and is told once all were tried', async () => {
  await expect(eachOne(['first', 'bad', 'last'], work)).rejects.toThrow('bad cannot be done');
  expect(done.splice(0)).toEqual(['first', 'last']);
});

test('of several that fail the first is told, with how many there were', async () => {
  await expect(eachOne(['bad one', 'good', 'bad two'], work)).rejects.toThrow(
    '2 of 3 failed, the first one: bad one cannot be done',
  );
  expect(done.splice(0)).toEqual(['good']);
});
