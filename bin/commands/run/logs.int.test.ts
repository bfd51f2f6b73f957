import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const OF_ORDER = '{"time":"2026-03-01T14:30:00.123Z","level":"info","service":"order","message":"order placed"}';
const LOGS = {
  order: `${OF_ORDER}\nError: a stack of a process that ended\n    at somewhere\n`,
  postgres: '2026-03-01 14:30:01.123 UTC [42] order@orders LOG:  checkpoint starting\n',
};

test('logs --json prints one document of JSON a line, also of lines that are none in their file', async () => {
  const data = await mkdtemp(path.join(tmpdir(), 'logs-'));
  try {
    await mkdir(path.join(data, 'logs'));
    for (const [name, lines] of Object.entries(LOGS)) await writeFile(path.join(data, 'logs', `${name}.log`), lines);
    const words = ['bin/cloudmart.ts', 'logs', '--json', '--data', data];
    const { stdout } = await promisify(execFile)(process.execPath, words, { env: { PATH: process.env['PATH'] } });
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(OF_ORDER);
    expect(lines.slice(1).map((line) => JSON.parse(line) as unknown)).toEqual([
      { service: 'order', message: 'Error: a stack of a process that ended' },
      { service: 'order', message: '    at somewhere' },
      { time: '2026-03-01T14:30:01.123Z', level: 'log', service: 'postgres', message: 'checkpoint starting' },
    ]);
  } finally {
    await rm(data, { recursive: true });
  }
});
