import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@jest/globals';
import { createProgressLine } from './progress-line.ts';

const written = (isTTY: boolean, use: (line: ReturnType<typeof createProgressLine>) => void): string => {
  let output = '';
  const write = (text: string) => {
    output += text;
    return true;
  };
  use(createProgressLine({ write, isTTY } as never));
  return output;
};

test('in a log what is shown is a plain line, and not each of it', () => {
  const output = written(false, (line) => {
    line.show(0.1, () => '1 of 10');
    line.show(0.2, () => '2 of 10');
    line.say('killed order');
    line.end();
  });
  expect(output).toBe('1 of 10\nkilled order\n');
});

test('on a terminal it is a bar that fits 80 columns, gives way to what is said, and is gone at the end', () => {
  const output = written(true, (line) => {
    line.show(0.5, () => 'x'.repeat(200));
    line.say('killed order');
  });
  const [shown = '', said] = output.split('\r');
  expect(stripVTControlCharacters(shown)).toMatch(/^█{10}░{10} x{58}$/);
  expect(said).toBe('\u001B[2Kkilled order\n');
});
