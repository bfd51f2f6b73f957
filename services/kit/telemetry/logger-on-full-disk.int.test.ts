import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/** Writes 40,000 lines, far more than may wait for space, and tells on stderr how much its memory grew. */
const program = `
import { createLogger } from ${JSON.stringify(new URL('./logger.ts', import.meta.url).href)};
const logger = createLogger('probe', 'info');
logger.info('first');
const before = process.memoryUsage().rss;
for (let line = 0; line < 40_000; line += 1) logger.info({ line, text: 'x'.repeat(1_000) }, 'more');
process.stderr.write(JSON.stringify({ grownMebibytes: (process.memoryUsage().rss - before) / 2 ** 20 }));
`;

test('a process whose disk is full goes on without its log, in bounded memory (T21)', async () => {
  const full = openSync('/dev/full', 'w');
  try {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', full, 'pipe'],
    });
    let told = '';
    child.stderr?.on('data', (text) => {
      told += text;
    });
    const [code] = await once(child, 'close');
    expect([code, told]).toEqual([0, expect.stringMatching(/^\{"grownMebibytes":/)]);
    expect(JSON.parse(told).grownMebibytes).toBeLessThan(100);
  } finally {
    closeSync(full);
  }
});
