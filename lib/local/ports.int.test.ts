import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { freePort, listen } from '../../services/kit/testing/loopback.ts';
import { services } from '../services.ts';
import { portHolder, requireFreePorts } from './port-holder.ts';
import { HIGHEST_BASE, LOWEST_BASE, portsInUse, shiftPort } from './ports.ts';

let servers: Server[] = [];
const takePort = (): Promise<number> => {
  const server = createServer();
  servers.push(server);
  return listen(server);
};

afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  servers = [];
});

describe('ports', () => {
  it('hold as the table says without a base, and move together with one', () => {
    const table = [8000, 8080, 50_051, 5000, 3000];
    expect(table.map((port) => shiftPort(port, undefined))).toEqual(table);
    expect(table.map((port) => shiftPort(port, 18_000))).toEqual([18_000, 18_080, 19_051, 20_000, 21_000]);
  });

  it('of all services and peers differ, with and without a base', () => {
    for (const base of [undefined, LOWEST_BASE, HIGHEST_BASE]) {
      const ports = portsInUse(services, base).map(({ port }) => port);
      expect(new Set(ports).size).toBe(ports.length);
      expect(Math.max(...ports)).toBeLessThanOrEqual(65_535);
    }
  });

  it('that are taken are refused, naming who wants it, who holds it, and the way out', async () => {
    const port = await takePort();
    await expect(requireFreePorts([{ name: 'order (http)', port }])).rejects.toEqual(
      expect.objectContaining({
        code: 'port.taken',
        message: expect.stringMatching(
          new RegExp(
            `^port ${port} for order \\(http\\) is held by process ${process.pid} \\(.*node.*\\)\\. Stop it, or move all ports with --port-base 18000$`,
          ),
        ),
      }),
    );
    expect(await portHolder(port)).toContain(String(process.pid));
  });

  it('that two want are refused by both names', async () => {
    const uses = [
      { name: 'a', port: 18_999 },
      { name: 'b', port: 18_999 },
    ];
    await expect(requireFreePorts(uses)).rejects.toThrow('b and a both want port 18999');
  });

  it('that are free pass', async () => {
    await expect(requireFreePorts([{ name: 'x', port: await freePort() }])).resolves.toBeUndefined();
  });
});
