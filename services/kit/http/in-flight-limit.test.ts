import { describe, expect, test } from '@jest/globals';
import { eventually } from '../testing/condition.ts';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { createHttpServer } from './http-server.ts';

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
