import { expect, test } from '@jest/globals';
import { columns, fitted } from './print.ts';

const statement = `SELECT ${Array.from({ length: 20 }, (_, at) => `column_${at}`).join(', ')} FROM orders`;

/** Lines that a terminal shows. */
const linesOf = (rows: readonly (readonly string[])[]) => columns(rows).flatMap((row) => row.split('\n'));

test('a last cell that does not fit beside the others goes on in its own column, within 80', () => {
  const lines = linesOf([
    ['calls', 'statement'],
    ['12', statement],
    ['3', 'SELECT 1'],
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.slice(2, -1).every((line) => /^ {7}\S/.test(line))).toBe(true);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(statement);
  expect(lines.at(-1)).toBe('3      SELECT 1');
});

test('a last cell that the others leave too little room stands below them, within 80', () => {
  const name = 'index_of_orders_by_customer_and_time_of_the_last_change';
  const lines = linesOf([[name, statement]]);
  expect(lines[0]).toBe(name);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(statement);
});

test('a row stays one text, however many lines it takes, so that others can be put below it', () => {
  expect(columns([['a', statement], ['b']])).toHaveLength(2);
});

test('a terminal gets long lines broken at their spaces and set in as they begin; a pipe gets them whole', () => {
  const line = `    ${'a sentence that goes on '.repeat(6).trim()}`;
  const lines = fitted({ isTTY: true }, line).split('\n');
  expect(Math.max(...lines.map((one) => one.length))).toBeLessThanOrEqual(80);
  expect(lines.every((one) => /^ {4}\S/.test(one))).toBe(true);
  expect(fitted({ isTTY: false }, line)).toBe(line);
});

test('a word that is longer than a line stays whole, since somebody copies it', () => {
  const file = `/${'folder/'.repeat(20)}`;
  expect(fitted({ isTTY: true }, `written to ${file}`).split('\n')).toContain(file);
});
