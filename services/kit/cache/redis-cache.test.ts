import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createMetrics } from '../telemetry/metrics.ts';
import { closedPort, listen } from '../testing/loopback.ts';
import type { Cache } from './cache.ts';
import { openCache } from './open-cache.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

/** A server that accepts connections and never says a word. */
const silentServer = async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket));
  const port = await listen(server);
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return port;
};

const expectEmpty = async (cache: Cache) => {
  await cache.set('key', 'value', 60);
  await cache.delete('key');
  expect([await cache.get('key'), await cache.increment('count', 60)]).toEqual([undefined, 0]);
  await expect(cache.check()).rejects.toMatchObject({ code: 'redis.away' });
};

describe('a shared cache that cannot be reached', () => {
  test.each([
    ['nobody listens there', async () => closedPort],
    ['the server accepts and is silent', silentServer],
  ])('answers as if it were empty, throws for health checks alone, and can be closed when %s', async (_case, port) => {
    const metrics = createMetrics('cart');
    const cache = openCache(`redis://127.0.0.1:${await port()}`, { metrics });
    cleanUp.push(() => cache.close());
    await expectEmpty(cache);
    const { text } = await metrics.page();
    expect(text).toContain('cache_failures_total{reason="away",service="cart"} 4');
    expect(text).toContain('cache_requests_total{result="miss",service="cart"} 1');
  });
});
