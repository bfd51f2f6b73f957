import { type AddressInfo, connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '../testing/condition.ts';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts';

describe('a door with as many requests in flight as it takes', () => {
  test('refuses one more with Retry-After, and takes it once another is answered', async () => {
    const http = await createHttpServer({ context: testContext(testManifest()), mostInFlight: 2 });
    const go = Promise.withResolvers<void>();
    let begun = 0;
    const wait = async () => {
      begun += 1;
      await go.promise;
      return {};
    };
    http.get('/work', { config: { access: 'public' } }, wait);
    http.get('/watch', { config: { access: 'public' }, handlerTimeout: 900_000 }, wait);
    const busy = [http.inject('/work'), http.inject('/work'), http.inject('/watch')];
    await eventually(() => expect(begun).toBe(3));

    const refused = await http.inject('/work');
    expect([refused.statusCode, refused.json().code, refused.headers['retry-after']]).toEqual([
      503,
      'service.overloaded',
      '1',
    ]);
    expect((await http.inject('/health/ready')).statusCode).toBe(200);

    go.resolve();
    expect((await Promise.all(busy)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect((await http.inject('/work')).statusCode).toBe(200);
  });

  test('does not count requests whose client went away', async () => {
    const http = await createHttpServer({ context: testContext(testManifest()), mostInFlight: 1 });
    let begun = 0;
    http.get('/work', { config: { access: 'public' } }, (request) => {
      begun += 1;
      return new Promise((resolve) => request.signal.addEventListener('abort', () => resolve({})));
    });
    http.get('/quick', { config: { access: 'public' } }, async () => ({}));
    const url = await http.listen({ host: '127.0.0.1', port: 0 });
    const client = new AbortController();
    const gone = fetch(`${url}/work`, { signal: client.signal }).catch((problem: Error) => problem.name);
    await eventually(() => expect(begun).toBe(1));
    client.abort();
    expect(await gone).toBe('AbortError');
    await eventually(async () => expect((await http.inject('/quick')).statusCode).toBe(200));
    await http.close();
  });
});

describe('a door that takes large bodies', () => {
  test('reads two at a time, refuses a third before it is read, and takes it afterwards (M6)', async () => {
    const http = await createHttpServer({ context: testContext(testManifest()) });
    const config = { access: 'public' as const };
    http.post('/load', { config, bodyLimit: 8 * 1024 * 1024 }, async () => ({}));
    http.post('/work', { config }, async () => ({}));
    const { port } = new URL(await http.listen({ host: '127.0.0.1', port: 0 }));
    const begin = (length: number) => {
      const socket = connect({ host: '127.0.0.1', port: Number(port) });
      socket.write(
        `POST /load HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n{`,
      );
      let answer = '';
      socket.on('data', (data) => {
        answer += data;
      });
      return { socket, status: () => Number(answer.slice(9, 12)), end: () => socket.end('}'.padStart(length - 1)) };
    };
    const whole = () => http.inject({ method: 'POST', url: '/load', payload: {} });
    const bodies = [begin(7_000_000), begin(7_000_000)];
    await eventually(async () => expect((await whole()).statusCode).toBe(503));
    const third = begin(7_000_000);
    await eventually(() => expect(third.status()).toBe(503));
    expect((await http.inject({ method: 'POST', url: '/work', payload: {} })).statusCode).toBe(200);

    for (const body of bodies) body.end();
    await eventually(() => expect(bodies.map((body) => body.status())).toEqual([200, 200]));
    await eventually(async () => expect((await whole()).statusCode).toBe(200));
    third.socket.destroy();
    await http.close();
  });
});

describe('a door that strangers call', () => {
  const publicDoor = async (options: Partial<HttpServerOptions>) => {
    const http = await createHttpServer({ context: testContext(testManifest()), mostInFlightOfNetwork: 2, ...options });
    http.post('/work', { config: { access: 'public' } }, async () => ({}));
    return http;
  };
  const codeOf = async (http: HttpServer, remoteAddress: string) => {
    const answer = await http.inject({ method: 'POST', url: '/work', payload: {}, remoteAddress });
    return answer.statusCode === 200 ? 200 : [answer.statusCode, answer.json().code];
  };
  /** A request whose body never comes. */
  const unfinished = (port: number, localAddress: string) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    let answer = '';
    socket.on('data', (data) => (answer += data)).on('error', () => undefined);
    socket.write('POST /work HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 60\r\n\r\n{');
    return { socket, answer: () => answer, isOver: () => socket.destroyed };
  };

  test('gives one network a share of its places, and takes the /64 of an IPv6 address for one', async () => {
    const http = await publicDoor({});
    const go = Promise.withResolvers<void>();
    let begun = 0;
    http.get('/wait', { config: { access: 'public' } }, async () => {
      begun += 1;
      await go.promise;
      return {};
    });
    const waiting = ['2001:db8:0:1::1', '2001:0db8:0:1:2::2', '::ffff:192.0.2.1', '192.0.2.1'].map((remoteAddress) =>
      http.inject({ url: '/wait', remoteAddress }),
    );
    await eventually(() => expect(begun).toBe(4));
    expect(await codeOf(http, '2001:db8:0:1:ffff::3')).toEqual([429, 'request.too-many-at-once']);
    expect(await codeOf(http, '::ffff:192.0.2.1')).toEqual([429, 'request.too-many-at-once']);
    expect(await codeOf(http, '2001:db8:0:2::1')).toBe(200);
    expect(await codeOf(http, '192.0.2.2')).toBe(200);
    go.resolve();
    expect((await Promise.all(waiting)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
    expect(await codeOf(http, '192.0.2.1')).toBe(200);
  });

  test('refuses unfinished bodies beyond that share at once, and serves others meanwhile (M1)', async () => {
    const http = await publicDoor({ mostInFlight: 10 });
    await http.listen({ host: '127.0.0.1', port: 0 });
    const port = (http.server.address() as AddressInfo).port;
    const held = Array.from({ length: 30 }, () => unfinished(port, '127.0.0.1'));
    await eventually(() => expect(held.filter(({ isOver }) => isOver()).length).toBe(28));
    const refusals = held.filter(
      ({ answer }) => answer().startsWith('HTTP/1.1 429') && /connection: close/.test(answer()),
    );
    expect(refusals).toHaveLength(28);
    expect(await codeOf(http, '127.0.0.2')).toBe(200);
    for (const { socket } of held) socket.destroy();
    await http.close();
  });

  test('gives back the place of an answer that nobody reads (M1)', async () => {
    const http = await publicDoor({ deadlineMs: 500, sendingMs: 100 });
    let begun = 0;
    http.get('/large', { config: { access: 'public' } }, async (_request, reply) => {
      begun += 1;
      return reply.send('x'.repeat(32 * 2 ** 20));
    });
    await http.listen({ host: '127.0.0.1', port: 0 });
    const port = (http.server.address() as AddressInfo).port;
    const readers = [0, 1].map(() => connect({ host: '127.0.0.1', port }).pause());
    for (const reader of readers) reader.write('GET /large HTTP/1.1\r\nhost: x\r\n\r\n');
    await eventually(() => expect(begun).toBe(2));
    const connections = promisify(http.server.getConnections.bind(http.server));
    await eventually(async () => expect(await connections()).toBe(0));
    expect(await codeOf(http, '127.0.0.1')).toBe(200);
    for (const reader of readers) reader.destroy();
    await http.close();
  });
});
