import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { freePort, freePortBase, freePorts } from './loopback.ts';

const elsewhere = async (expression: string): Promise<number[]> => {
  const source = `import * as ports from ${JSON.stringify(new URL('./loopback.ts', import.meta.url).href)};
    console.log(JSON.stringify(await ${expression}));`;
  const flags = ['--input-type=module-typescript', '-e', source];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { env: {} });
  return JSON.parse(stdout);
};

test('ports are given out once, in this process and in others, and lie below those of outgoing connections', async () => {
  const own = await freePorts(25);
  const others = await Promise.all([1, 2, 3].map(() => elsewhere('ports.freePorts(25)')));
  const all = [...own, ...others.flat()];
  expect(new Set(own).size).toBe(25);
  expect(others.flat().filter((port) => own.includes(port))).toEqual([]);
  expect(all.filter((port) => port < 10_000 || port >= 14_000)).toEqual([]);
});

test('a port on which somebody listens is passed over', async () => {
  const taken = (await freePort()) + 1;
  const server = createServer().listen(taken, '127.0.0.1');
  await once(server, 'listening').catch(() => undefined);
  expect(await freePorts(12)).not.toContain(taken);
  server.close();
});

test('a base of ports is given out once at a time', async () => {
  const own = await freePortBase();
  expect(own % 100).toBe(0);
  expect(await elsewhere('Promise.all([ports.freePortBase(), ports.freePortBase()])')).not.toContain(own);
});
