/** What a stranger may cost the process, counted in bytes and answers, in a process as small as the pod. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Child, startChild } from '../../kit/testing/child-process.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { manifest } from '../manifest.ts';

const MEBIBYTE = 2 ** 20;
/** What `npm start` gives the gateway's heap; the pod has the rest for buffers and code. */
const heapFlags = ['--max-old-space-size=160', '--max-semi-space-size=1'];

let child: Child;
let url: string;
let staff: string;
const sockets: Socket[] = [];
beforeEach(async () => {
  child = startChild(new URL('../testing/small-pod.ts', import.meta.url), [], heapFlags);
  await eventually(() => expect(child.lines).toHaveLength(2));
  [url = '', staff = ''] = child.lines;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await child.kill();
});

/** The most memory that the process ever had, in MiB. */
const peakMebibytes = () => {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return (Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / MEBIBYTE;
};

/** A connection from an address of this machine that sends something and reads only when it is told. */
const open = (text: string, localAddress = '127.0.0.1') => {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), localAddress });
  socket.on('error', () => undefined);
  socket.write(text);
  sockets.push(socket);
  return socket;
};
const received = (socket: Socket) => {
  let text = '';
  socket.on('data', (data) => {
    text += data.toString('latin1');
  });
  return () => text;
};

/** What others get meanwhile, from an address of their own. */
const askFromElsewhere = async (path: string) => {
  const answer = received(open(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`, '127.0.0.2'));
  await eventually(() => expect(answer()).toMatch(/^HTTP\/1.1 \d{3}/));
  return Number(answer().slice(9, 12));
};

describe('a gateway in a pod of 256 MiB', () => {
  it('serves the script of the API page to ten at once, and keeps it for a hundred who never read it (H1)', async () => {
    const page = await (await fetch(`${url}/docs`)).text();
    const script = /\/docs\/\w+\/page\.js/.exec(page)?.[0] ?? '';
    const visits = await Promise.all(Array.from({ length: 10 }, () => fetch(`${url}${script}`)));
    const sizes = await Promise.all(visits.map(async (visit) => (await visit.arrayBuffer()).byteLength));
    expect(visits.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    expect(new Set(sizes).size).toBe(1);
    expect(sizes[0]).toBeGreaterThan(MEBIBYTE);
    expect(visits[0]?.headers.get('cache-control')).toMatch(/max-age=31536000/);
    expect(visits[0]?.headers.get('etag')).toMatch(/^"/);

    for (let network = 1; network <= 4; network += 1)
      for (let i = 0; i < 25; i += 1)
        open(`GET ${script} HTTP/1.1\r\nhost: x\r\naccept-encoding: identity\r\n\r\n`, `127.0.1.${network}`).pause();
    expect(await askFromElsewhere('/api/v1/categories')).toBe(200);
    expect(peakMebibytes()).toBeLessThan(manifest.size.memoryMiB);
  });

  it.each([
    ['/api/v1/cart/items', 60],
    ['/api/v1/auth/login', 60_000],
  ])('lives with 1,000 unfinished bodies at %s from one address, and serves others (M1)', async (path, length) => {
    const head = `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
    const answers = Array.from({ length: 1_000 }, () => received(open(`${head}{${' '.repeat(length - 2)}`)));
    const refused = () => answers.filter((answer) => answer().startsWith('HTTP/1.1 429')).length;
    await eventually(() => expect(refused()).toBe(1_000 - 64));
    for (const each of ['/api/v1/categories', '/api/v1/cart', '/health/ready'])
      expect(await askFromElsewhere(each)).toBe(200);
    expect(await (await fetch(`${url}/health/ready`)).json()).toEqual({ status: 'ready' });
    expect(peakMebibytes()).toBeLessThan(manifest.size.memoryMiB);
  });

  it.each([
    ['of empty objects', `{"items":[[${'{},'.repeat(2_600_000)}{}]]}`],
    ['of lists in lists', '['.repeat(7_900_000)],
    ['of as many values as may be', `{"items":[${'"",'.repeat(49_000)}"${'x'.repeat(7_700_000)}"]}`],
  ])('lives with three imports at once %s, and serves others (M6)', async (_what, body) => {
    const statuses = await Promise.all(
      [1, 2, 3].map(async () => {
        const answer = await fetch(`${url}/api/v1/products/import`, {
          method: 'POST',
          headers: { authorization: staff, 'content-type': 'application/json' },
          body,
        });
        await answer.text();
        return answer.status;
      }),
    );
    expect(statuses.filter((one) => one !== 503)).not.toEqual([]);
    expect(statuses.filter((one) => one !== 503 && one !== 400)).toEqual([]);
    expect(await askFromElsewhere('/api/v1/categories')).toBe(200);
    expect(peakMebibytes()).toBeLessThan(manifest.size.memoryMiB);
  });
});
