import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger } from '../telemetry/logger.ts';
import { eventually } from '../testing/condition.ts';
import { freePort } from '../testing/loopback.ts';
import { testManifest } from '../testing/manifest.ts';
import { type RedisServer, startRedis } from '../testing/redis-server.ts';
import { cacheConformance } from './cache.conformance.ts';
import type { Cache, CacheOptions } from './cache.ts';
import { createElastiCacheToken } from './elasticache-token.ts';
import { openCache } from './open-cache.ts';
import { parseRedisUrl } from './redis-address.ts';
import { connectRedis } from './redis-connection.ts';

/** A crowded machine is not a broken cache. */
const patient: CacheOptions = { commandDeadlineMs: 10_000 };

/** A server on which each of these is a user with the rights of a service that declares `cache`. */
const startWith = (...names: readonly string[]) =>
  startRedis({ services: names.map((name) => testManifest({ name, cache: true })) });

cacheConformance('Redis', async () => {
  const server = await startWith('sample');
  const given = { ...patient, namespace: 'sample' };
  return {
    open: (options) => openCache(server.urlOf({ name: 'sample' }), { ...given, ...options }),
    stop: () => server.kill(),
  };
});

describe('a cache in Redis', () => {
  let server: RedisServer;
  const opened: Cache[] = [];
  const open = ({ namespace = 'sample', ...options }: CacheOptions = {}) => {
    const cache = openCache(server.urlOf({ name: namespace }), { ...patient, namespace, ...options });
    opened.push(cache);
    return cache;
  };
  beforeAll(async () => {
    server = await startWith('sample', 'cart', 'product', 'ends', 'odd');
  });
  afterAll(async () => {
    await Promise.all(opened.map((cache) => cache.close()));
    await server.kill();
  });

  test('is one for all replicas of a service and another for each service', async () => {
    const [one, two, other] = [
      open({ namespace: 'cart' }),
      open({ namespace: 'cart' }),
      open({ namespace: 'product' }),
    ];
    await one.set('p', 'of the cart', 60);
    expect([await two.get('p'), await other.get('p')]).toEqual(['of the cart', undefined]);
    expect([await one.increment('c', 60), await two.increment('c', 60), await other.increment('c', 60)]).toEqual([
      1, 2, 1,
    ]);
    expect(await server.ask('KEYS', '*:p')).toEqual(['cart:p']);
  });

  test('never leaves a key without an end', async () => {
    const cache = open({ namespace: 'ends' });
    await cache.set('p', 1, 60);
    await cache.increment('c', 60);
    for (const key of ['ends:p', 'ends:c']) expect(Number(await server.ask('PTTL', key))).toBeGreaterThan(0);
  });

  test('takes what it cannot read for a miss', async () => {
    const cache = open({ namespace: 'odd' });
    await server.ask('SET', 'odd:text', '{"half":');
    await server.ask('RPUSH', 'odd:list', 'x');
    expect([await cache.get('text'), await cache.get('list')]).toEqual([undefined, undefined]);
  });

  test('drops a value of more than 512 Ki characters', async () => {
    const cache = open();
    await cache.set('big', 'x'.repeat(600 * 1024), 60);
    expect(await cache.get('big')).toBeUndefined();
  });

  test('is empty while the server is gone and comes back by itself', async () => {
    const cache = open();
    await cache.set('p', 1, 60);
    await server.kill();
    await eventually(() => expect(cache.check()).rejects.toMatchObject({ code: 'redis.away' }));
    expect([await cache.get('p'), await cache.increment('c', 60)]).toEqual([undefined, 0]);
    await server.start();
    await eventually(() => cache.check());
    await cache.set('p', 2, 60);
    expect(await cache.get('p')).toBe(2);
  });

  test('gives up a connection on which nothing is answered, and comes back when the server does', async () => {
    const cache = open({ commandDeadlineMs: 250 });
    await eventually(() => cache.check());
    server.freeze();
    try {
      await expect(cache.check()).rejects.toMatchObject({ code: 'redis.timeout' });
      // From here on nobody waits for the server.
      await eventually(() => expect(cache.check()).rejects.toMatchObject({ code: 'redis.away' }));
    } finally {
      server.thaw();
    }
    await eventually(() => cache.check());
  });

  test('leaves a server that became a replica for the one that its name leads to', async () => {
    const cache = open();
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(String(await server.ask('INFO', 'stats')))?.[1]);
    expect(await cache.increment('c', 60)).toBe(1);
    await server.ask('REPLICAOF', '127.0.0.1', '1');
    expect(await cache.increment('c', 60)).toBe(0);
    // Each look at the counter is a connection too.
    const before = await connections();
    let looks = 0;
    await eventually(async () => {
      await cache.increment('c', 60);
      looks += 1;
      expect(await connections()).toBeGreaterThan(before + looks);
    });
    await server.ask('REPLICAOF', 'NO', 'ONE');
    await eventually(async () => expect(await cache.increment('c', 60)).toBeGreaterThan(1));
  });
});

describe('over TLS', () => {
  let folder: string;
  let server: RedisServer;
  let tlsPort: number;
  const authorities = getCACertificates('default');
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-redis-tls-'));
    const [key, certificate] = [path.join(folder, 'key.pem'), path.join(folder, 'certificate.pem')];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
    ]);
    tlsPort = await freePort();
    server = await startRedis({
      parameters: [
        ...['--tls-port', String(tlsPort), '--tls-cert-file', certificate, '--tls-key-file', key],
        ...['--tls-ca-cert-file', certificate, '--tls-auth-clients', 'no'],
      ],
    });
  });
  afterAll(async () => {
    setDefaultCACertificates(authorities);
    await server.kill();
    await rm(folder, { recursive: true });
  });

  test('the server must show a certificate that is trusted and bears its name', async () => {
    const stranger = openCache(`rediss://localhost:${tlsPort}`, patient);
    await expect(stranger.check()).rejects.toMatchObject({ code: 'redis.away' });
    await stranger.close();

    const certificate = await readFile(path.join(folder, 'certificate.pem'), 'utf8');
    setDefaultCACertificates([...authorities, certificate]);
    const [known, byAddress] = ['localhost', '127.0.0.1'].map((host) =>
      openCache(`rediss://${host}:${tlsPort}`, patient),
    );
    await known?.set('p', 1, 60);
    expect(await known?.get('p')).toBe(1);
    await expect(byAddress?.check()).rejects.toMatchObject({ code: 'redis.away' });
    await Promise.all([known?.close(), byAddress?.close()]);
  });
});

describe('signing in', () => {
  const at = new Date('2026-01-15T12:00:00.000Z');
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const logger = createLogger('test', 'silent');

  test('is by the password of the URL, and a wrong one is a cache that is away', async () => {
    const server = await startRedis();
    await server.ask('CONFIG', 'SET', 'requirepass', 'se/cret');
    const urlWith = (password: string) => `redis://:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
    const [right, wrong] = [openCache(urlWith('se/cret'), patient), openCache(urlWith('wrong'), patient)];
    await expect(right.check()).resolves.toBeUndefined();
    await expect(wrong.check()).rejects.toMatchObject({ code: 'redis.away' });
    expect(await wrong.get('p')).toBeUndefined();
    await Promise.all([right.close(), wrong.close()]);
    await server.kill();
  });

  test('is by a token made for the user and the cache, and an open connection signs in again', async () => {
    const made: string[] = [];
    const createToken = async (wanted: { cacheName: string; user: string }) => {
      const token = await createElastiCacheToken({ ...wanted, region: 'us-east-1', credentials, at });
      made.push(token);
      return token;
    };
    const token = await createElastiCacheToken({
      ...{ cacheName: 'cloudmart-dev', user: 'cloudmart-dev-cart', region: 'us-east-1', credentials, at },
    });
    // The token as the password of an ordinary user: what AWS checks of it, no server here can.
    const server = await startRedis();
    await server.ask(
      'ACL',
      'SETUSER',
      'cloudmart-dev-cart',
      'on',
      `>${token}`,
      '~*',
      '+@all',
      '-@dangerous',
      '-@admin',
    );
    const address = parseRedisUrl(`rediss://cloudmart-dev-cart@127.0.0.1:${server.port}?cacheName=cloudmart-dev`);
    const connection = connectRedis({
      ...{ address: { ...address, tls: false }, logger, commandDeadlineMs: 10_000, createToken, signInEveryMs: 50 },
    });
    await connection.tried;
    expect(await connection.run((client) => client.aclWhoAmI())).toBe('cloudmart-dev-cart');
    await eventually(() => expect(made.length).toBeGreaterThan(3));
    expect(new Set(made)).toEqual(new Set([token]));
    const stats = String(await server.ask('INFO', 'commandstats'));
    expect(Number(/cmdstat_auth:calls=(\d+)/.exec(stats)?.[1])).toBeGreaterThan(1);
    await connection.close();
    await server.kill();
  });
});
