import { describe, expect, test } from '@jest/globals';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { createHttpServer } from './http-server.ts';
import { startProbeServer } from './probe-server.ts';

const manifest = testManifest({ criticalFunctions: [{ file: 'app.ts', name: 'greet' }] });

const down = async () => {
  throw new Error('away');
};

describe('the health routes', () => {
  test('answer 200 while all is well, also under a further prefix', async () => {
    const context = testContext(manifest);
    context.functions.register({ greet: () => 'hello' });
    const http = await createHttpServer({ context, healthPrefixes: ['/api/v1'] });
    for (const path of ['', '/live', '/ready', '/startup', '/detailed'])
      for (const prefix of ['', '/api/v1']) expect((await http.inject(`${prefix}/health${path}`)).statusCode).toBe(200);
  });

  test('name the service, the moment and for how many seconds it has run (O-10)', async () => {
    const context = testContext(manifest);
    context.functions.register({ greet: () => 'hello' });
    const http = await createHttpServer({ context });
    for (const url of ['/health', '/health/detailed']) {
      const before = Date.now();
      const { status, service, timestamp, uptime, checks } = (await http.inject(url)).json();
      expect({ status, service, checks }).toEqual({ status: 'healthy', service: manifest.name, checks: {} });
      expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before);
      expect(uptime).toBeGreaterThan(0);
    }
  });

  test.each([
    ['a dependency that it can do without', false, [200, 200, 200, 200, 200], 'degraded'],
    ['a dependency that it needs', true, [503, 200, 200, 200, 503], 'unhealthy'],
  ])('without %s', async (_case, critical, expected, status) => {
    const context = testContext(manifest);
    context.functions.register({ greet: () => 'hello' });
    context.health.add('database', { critical, check: down });
    const http = await createHttpServer({ context });
    const answers = await Promise.all(
      ['', '/live', '/ready', '/startup', '/detailed'].map((path) => http.inject(`/health${path}`)),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(expected);
    expect(answers[0]?.json()).toMatchObject({ status, checks: { database: { status: 'down', critical } } });
  });

  test('tell strangers no more than the status, where operators have a listener of their own', async () => {
    const context = testContext(testManifest({ public: true }), { config: { probePort: 9_999 } });
    context.health.add('database', { critical: true, check: down });
    const http = await createHttpServer({ context });
    expect((await http.inject('/health')).json()).toEqual({ status: 'unhealthy' });
    expect((await http.inject('/health/ready')).statusCode).toBe(200);
    for (const url of ['/health/detailed', '/metrics']) expect((await http.inject(url)).statusCode).toBe(404);
  });

  test.each([
    ['starting', [200, 503, 503]],
    ['migrating', [200, 503, 200]],
    ['failed', [200, 503, 503]],
    ['ready', [200, 200, 200]],
    ['draining', [200, 503, 200]],
  ] as const)('while %s, live, ready and startup answer %j', async (phase, expected) => {
    const context = testContext(manifest);
    context.health.enter(phase);
    const http = await createHttpServer({ context });
    const answers = await Promise.all(['live', 'ready', 'startup'].map((path) => http.inject(`/health/${path}`)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(expected);
  });

  test('show critical functions and details, and 503 while a function is missing', async () => {
    const context = testContext(manifest);
    context.health.addDetail('breaker.product', () => 'open');
    const http = await createHttpServer({ context });
    const missing = await http.inject('/health/detailed');
    expect(missing.statusCode).toBe(503);
    expect(missing.json().details).toEqual({ criticalFunctions: { greet: 'missing' }, 'breaker.product': 'open' });
    context.functions.register({ greet: () => 'hello' });
    expect((await http.inject('/health/detailed')).json()).toMatchObject({
      service: 'sample',
      phase: 'ready',
      status: 'healthy',
    });
  });

  test('have a listener of their own that no rate limit reaches', async () => {
    const context = testContext(manifest);
    const http = await createHttpServer({ context, requestsPerMinute: 1 });
    http.get('/thing', { config: { access: 'public' } }, async () => ({}));
    const probes = await startProbeServer(context, 0);
    try {
      const statuses = [];
      for (let i = 0; i < 3; i++) statuses.push((await fetch(`http://127.0.0.1:${probes.port}/health/ready`)).status);
      expect(statuses).toEqual([200, 200, 200]);
      expect((await fetch(`http://127.0.0.1:${probes.port}/metrics`)).status).toBe(200);
      expect((await fetch(`http://127.0.0.1:${probes.port}/thing`)).status).toBe(404);
      expect((await http.inject('/thing')).statusCode).toBe(200);
      expect((await http.inject('/thing')).statusCode).toBe(429);
      expect((await http.inject('/health/ready')).statusCode).toBe(200);
    } finally {
      await probes.close();
    }
  });
});
