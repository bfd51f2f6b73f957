import { execFile } from 'node:child_process';
import { expect, test } from '@jest/globals';

const cloudmart = (...words: string[]) =>
  new Promise<{ code: number; stderr: string }>((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent' };
    execFile(process.execPath, ['bin/cloudmart.ts', ...words], { env }, (problem, _, stderr) =>
      resolve({ code: problem ? Number(problem.code) : 0, stderr }),
    );
  });

test.each(['verify', 'rollback', 'roll'])(
  '%s of an environment that there is none of is wrong usage',
  async (command) => {
    expect(await cloudmart(command, '--environment', 'nowhere')).toEqual({
      code: 2,
      stderr: 'cloudmart: there is no environment "nowhere"; known: dev, staging, production\n',
    });
  },
);
