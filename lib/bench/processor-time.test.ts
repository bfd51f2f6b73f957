import { expect, test } from '@jest/globals';
import { familyTicks, parseStat } from './processor-time.ts';

const line = (pid: number, name: string, parent: number, ticks: readonly number[]) =>
  `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 100 0 0 0 ${ticks.join(' ')} 20 0 1 0 55 1000 20\n`;

test('a process is read whatever its name holds', () => {
  expect(parseStat(line(7, 'a) S 99 (b', 3, [11, 4, 2, 1]))).toEqual({ pid: 7, parent: 3, own: 15, ofChildren: 3 });
  expect(parseStat('')).toBeUndefined();
});

test('a family is a process with all that descend from it, those that have ended included', () => {
  const stat = (pid: number, parent: number, own: number, ofChildren = 0) => ({ pid, parent, own, ofChildren });
  const all = [stat(4, 3, 8), stat(3, 2, 4, 100), stat(2, 1, 2), stat(9, 1, 1_000)];
  expect(familyTicks(all, 2)).toBe(114);
  expect(familyTicks(all, 4)).toBe(8);
});
