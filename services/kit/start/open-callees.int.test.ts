import { afterEach, describe, expect, test } from '@jest/globals';
import { createGrpcClient, type GrpcClient } from '../grpc/grpc-client.ts';
import type { GrpcServer } from '../grpc/grpc-server.ts';
import { createGrpcServer } from '../grpc/grpc-server.ts';
import { createHttpClient } from '../http/http-client.ts';
import { createHttpServer } from '../http/http-server.ts';
import { currentDeadline } from '../telemetry/tracing.ts';
import { eventually } from '../testing/condition.ts';
import { testContext } from '../testing/context.ts';
import { echoDefinition } from '../testing/echo-definition.ts';
import { freePort } from '../testing/loopback.ts';
import { testManifest } from '../testing/manifest.ts';
import { inRequest } from '../testing/traces/in-request.ts';
import { Refusal } from '../values/refusal.ts';
import { openCallees } from './open-callees.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Answer = () => Promise<{ text: string }>;

/** A service that answers gRPC calls at a port of its own. */
const startCallee = async (port: number, answer: Answer): Promise<GrpcServer> => {
  const server = createGrpcServer({ context: testContext(testManifest({ name: 'sample' })), drainMs: 50 });
  server.add(echoDefinition, {
    echo: answer,
    async *count() {
      yield await answer();
    },
  });
  await server.listen(`127.0.0.1:${port}`);
  closers.push(() => server.close());
  return server;
};

/** A caller with an HTTP door behind which it asks the callee; `deadlineMs` is its time for a call. */
const startCaller = async (port: number, deadlineMs: number) => {
  const manifest = testManifest({ name: 'order', calls: ['sample'] });
  const context = testContext(manifest, { config: { callees: { sample: { grpc: `127.0.0.1:${port}` } } } });
  const callees = openCallees(context, { resetMs: 100 });
  const client: GrpcClient<typeof echoDefinition> = createGrpcClient(
    echoDefinition,
    callees.grpc('sample', deadlineMs),
  );
  closers.push(
    () => callees.close(),
    () => client.close(),
  );
  const http = await createHttpServer({ context });
  http.get('/ask', { config: { access: 'public' } }, () => client.echo({ text: '' }));
  closers.push(() => http.close());
  const state = async () =>
    /circuit_breaker_state\{breaker="sample"[^}]*\} (\d)/.exec((await context.metrics.page()).text)?.[1];
  return { client, context, state, ask: () => http.inject('/ask') };
};

/** Asks until the breaker is open, and returns what it answers then. */
const untilOpen = async ({ ask, state }: Awaited<ReturnType<typeof startCaller>>) => {
  await eventually(async () => {
    await Promise.all(Array.from({ length: 12 }, ask));
    expect(await state()).toBe('2');
  });
  return ask();
};

describe('a callee that is gone', () => {
  test('is not asked any more, and callers hear when to come back, until it is there again', async () => {
    const port = await freePort();
    const caller = await startCaller(port, 2_000);
    const refused = await untilOpen(caller);
    expect([refused.statusCode, refused.json().code]).toEqual([503, 'sample.unavailable']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const report = await caller.context.health.report();
    expect(report).toMatchObject({ status: 'degraded', checks: { sample: { status: 'down', critical: false } } });
    expect(caller.context.health.details()).toMatchObject({ 'breaker.sample': expect.stringMatching(/open/) });

    await startCallee(port, async () => ({ text: 'well' }));
    await eventually(async () => {
      expect((await caller.ask()).statusCode).toBe(200);
      expect(await caller.state()).toBe('0');
    });
  });
});

describe('a callee that is slow', () => {
  test('opens the breaker by calls that took as long as they may', async () => {
    const port = await freePort();
    await startCallee(port, () => new Promise(() => undefined));
    const caller = await startCaller(port, 50);
    const refused = await untilOpen(caller);
    expect([refused.statusCode, refused.json().code]).toEqual([503, 'sample.unavailable']);
  });

  test('opens none by calls of requests that had little time, so that no stranger can close it for others', async () => {
    const port = await freePort();
    await startCallee(port, () => new Promise(() => undefined));
    const { client, state } = await startCaller(port, 5_000);
    const hurried = () => inRequest({ deadlineAt: Date.now() + 60 }, () => client.echo({ text: '' }));
    const ends = await Promise.allSettled(Array.from({ length: 30 }, hurried));
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
    expect(await state()).toBe('0');
  });
});

test('a callee that answers that it is busy is well: its word is passed on and opens nothing', async () => {
  const port = await freePort();
  await startCallee(port, async () => {
    throw new Refusal('unavailable', 'auth.busy', 'Too many at once.', { retryAfterSeconds: 1 });
  });
  const { client, state } = await startCaller(port, 2_000);
  for (let call = 0; call < 30; call += 1)
    await expect(client.echo({ text: '' })).rejects.toMatchObject({ code: 'auth.busy' });
  expect(await state()).toBe('0');
});

/** Until the clock shows a later millisecond. */
const aMoment = async () => {
  const from = Date.now();
  while (Date.now() <= from) await new Promise(setImmediate);
};
const leftMs = () => (currentDeadline() ?? Number.POSITIVE_INFINITY) - Date.now();

test('300 ms at the edge arrive as less at each further hop, over HTTP and gRPC', async () => {
  const left: number[] = [];
  const third = await createHttpServer({ context: testContext(testManifest({ name: 'third' })) });
  third.get('/', { config: { access: 'public' } }, async () => {
    left.push(leftMs());
    return {};
  });
  closers.push(() => third.close());
  const url = await third.listen({ host: '127.0.0.1', port: 0 });

  const port = await freePort();
  const toThird = createHttpClient({ baseUrl: url, service: 'third', deadlineMs: 10_000 });
  closers.push(() => toThird.close());
  await startCallee(port, async () => {
    left.push(leftMs());
    await aMoment();
    await toThird.request({ method: 'GET', path: '/' });
    return { text: 'well' };
  });

  const manifest = testManifest({ name: 'cart', calls: ['sample'] });
  const context = testContext(manifest, {
    config: { callees: { sample: { grpc: `127.0.0.1:${port}` } } },
  });
  const callees = openCallees(context);
  const client = createGrpcClient(echoDefinition, callees.grpc('sample', 10_000));
  const edge = await createHttpServer({ context });
  edge.get('/', { config: { access: 'public' } }, async () => {
    left.push(leftMs());
    await aMoment();
    return client.echo({ text: '' });
  });
  closers.push(
    () => edge.close(),
    () => callees.close(),
    () => client.close(),
  );
  // As long as the machine is too busy for three hops in so short a time.
  await eventually(async () => {
    left.length = 0;
    const answer = await edge.inject({ url: '/', headers: { 'x-request-timeout-ms': '300' } });
    expect(answer.statusCode).toBe(200);
  });
  const [first = 0, second = 0, last = 0] = left;
  expect(first).toBeLessThanOrEqual(300);
  expect(second).toBeLessThan(first);
  expect(last).toBeLessThan(second);
});
