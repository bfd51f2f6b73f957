/** What the user of a service may do on a real server, and what it may not. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createClient } from '@redis/client';
import { createLogger } from '../telemetry/logger.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { testManifest } from '../testing/manifest.ts';
import { type RedisServer, startRedis } from '../testing/redis-server.ts';
import { openCache } from './open-cache.ts';

const [cart, product] = ['cart', 'product'].map((name) => testManifest({ name, cache: true }));
const wrench = testManifest({ name: 'wrench', operates: { sharedCache: true } });
if (!cart || !product) throw new Error('two services are declared above');

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis({ services: [cart, product, wrench, testManifest({ name: 'loner' })] });
});
afterAll(() => server.kill());
beforeEach(async () => {
  await server.ask('FLUSHALL');
  await server.ask('SET', 'cart:p', 'of the cart');
  await server.ask('SET', 'product:p', 'of the catalogue');
});

/** Answer of one command to whoever signs in by this URL, or the first word of what it was refused with. */
const askBy = async (url: string, ...command: readonly string[]): Promise<unknown> => {
  const client = createClient({ url, disableClientInfo: true, socket: { reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.sendCommand([...command]);
  } catch (problem) {
    return problem instanceof Error ? problem.message.split(' ')[0] : problem;
  } finally {
    client.destroy();
  }
};
const wordsOf = (line: string) => line.split(' ');
const everything = [
  ...['FLUSHALL', 'FLUSHDB', 'KEYS *', 'CONFIG GET *', 'CONFIG SET maxmemory 1', 'EVAL x 0', 'FCALL f 0', 'ACL LIST'],
  ...['CLIENT LIST', 'CLIENT KILL ID 1', 'MONITOR', 'SHUTDOWN NOSAVE', 'REPLICAOF NO ONE', 'SELECT 1'],
  ...['SUBSCRIBE cart:p', 'PSUBSCRIBE *', 'PUBLISH cart:p x', 'SWAPDB 0 1', 'SAVE', 'SLOWLOG GET', 'RANDOMKEY'],
];
const untouched = async () =>
  expect([await server.ask('GET', 'cart:p'), await server.ask('GET', 'product:p')]).toEqual([
    'of the cart',
    'of the catalogue',
  ]);

describe('a service that uses the cache', () => {
  const ask = (line: string) => askBy(server.urlOf(cart), ...wordsOf(line));

  test('reads and writes under its own name', async () => {
    expect(await ask('GET cart:p')).toBe('of the cart');
    expect(await ask('SET cart:p other PX 1000')).toBe('OK');
    expect(await ask('DEL cart:p')).toBe(1);
  });

  test.each([
    'GET product:p',
    'SET product:p x',
    'DEL product:p',
    'INCR product:n',
    'PEXPIRE product:p 1',
    'GET carts:p',
  ])('is refused what is another service’s: %s', async (line) => {
    expect(await ask(line)).toBe('NOPERM');
    await untouched();
  });

  test.each([
    ...everything,
    'SCAN 0',
    'INFO',
    'DBSIZE',
    'UNLINK cart:p',
    'TTL cart:p',
    'RENAME cart:p cart:q',
    'DUMP cart:p',
  ])('is refused what it never sends: %s', async (line) => {
    expect(await ask(line)).toBe('NOPERM');
    await untouched();
  });

  test('says once in its log, and each time as a count, that it may not do what it tries', async () => {
    const lines: string[] = [];
    const metrics = createMetrics('cart');
    const logger = createLogger('cart', 'info', { write: (line: string) => void lines.push(line) });
    const stray = openCache(server.urlOf(cart), { namespace: 'product', metrics, logger, commandDeadlineMs: 10_000 });
    expect([await stray.get('p'), await stray.get('p'), await stray.increment('n', 60)]).toEqual([
      undefined,
      undefined,
      0,
    ]);
    await stray.close();
    const { text } = await metrics.page();
    expect(text).toContain('cache_failures_total{reason="forbidden",service="cart"} 3');
    expect(lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/the cache refuses a command to this service/) }),
    ]);
  });
});

describe('a service that operates the cache', () => {
  const ask = (line: string) => askBy(server.urlOf(wrench), ...wordsOf(line));

  test('looks at the keys of all and removes one', async () => {
    expect(await ask('DBSIZE')).toBe(2);
    expect(await ask('PTTL cart:p')).toBe(-1);
    expect(Number(await ask('MEMORY USAGE cart:p'))).toBeGreaterThan(0);
    expect(await ask('UNLINK cart:p')).toBe(1);
  });

  test.each([
    ...[...everything, 'GET cart:p', 'MGET cart:p product:p', 'GETDEL cart:p', 'GETEX cart:p', 'DUMP cart:p'],
    ...['STRLEN cart:p', 'SUBSTR cart:p 0 1', 'COPY cart:p cart:q', 'SORT cart:p', 'OBJECT FREQ cart:p'],
    ...['SET cart:p x', 'APPEND cart:p x', 'EXPIRE cart:p 1', 'PERSIST cart:p', 'RENAME cart:p cart:q', 'INCR cart:n'],
    ...['MEMORY DOCTOR', 'MEMORY PURGE', 'MULTI', 'WATCH cart:p', 'MIGRATE h 1 cart:p 0 1'],
  ])('neither reads a value nor writes one: %s', async (line) => {
    expect(await ask(line)).toBe('NOPERM');
    await untouched();
  });
});

describe('nobody else', () => {
  test('gets in: without a name, with a wrong password, or as a service that declares no cache', async () => {
    const { host } = new URL(server.url);
    expect(await askBy(server.url, 'PING')).toBe('NOAUTH');
    expect(await askBy(`redis://default:x@${host}`, 'PING')).toBe('WRONGPASS');
    expect(await askBy(`redis://cart:wrong@${host}`, 'PING')).toBe('WRONGPASS');
    expect(await askBy(server.urlOf({ name: 'loner' }), 'PING')).toBe('WRONGPASS');
  });
});
