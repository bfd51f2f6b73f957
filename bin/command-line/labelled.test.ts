import { expect, test } from '@jest/globals';
import { toldRows, toSecond } from './labelled.ts';

test('rows keep their cells in columns and their texts within 80 columns, however long those are', () => {
  const text = `2026-03-01T14:30:00Z: ${'nobody can buy and everybody asks why '.repeat(8)}`;
  const lines = toldRows([
    {
      cells: [
        'inc_01jdq5w8m3k7x2r9v4t6y0z1ab',
        'P0',
        'open, late',
        `answer by ${toSecond('2026-03-01T14:35:00.123Z')}`,
      ],
      text,
    },
    { cells: ['inc_01jdq5w8m3k7x2r9v4t6y0z1ac', 'P3', 'closed', '-'], text: 'short' },
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(text.trim());
  expect(lines.slice(-2)).toEqual(['inc_01jdq5w8m3k7x2r9v4t6y0z1ac  P3  closed      -', '    short']);
});
