import { afterEach, describe, expect, test } from '@jest/globals';
import { type CallContext, createChannel, createClient, Metadata, type ServiceImplementation } from 'nice-grpc';
import { serviceTokenKey } from '../auth/service-token.ts';
import { systemClock } from '../system-clock.ts';
import { systemIds } from '../system-ids.ts';
import { createLogger } from '../telemetry/logger.ts';
import { currentTraceparent } from '../telemetry/tracing.ts';
import { eventually } from '../testing/condition.ts';
import { testCallSecret, testContext } from '../testing/context.ts';
import { type EchoMessage, echoDefinition } from '../testing/echo-definition.ts';
import { fakeClock } from '../testing/fake-clock.ts';
import { testManifest } from '../testing/manifest.ts';
import { methodlessToken } from '../testing/methodless-token.ts';
import { testTokens } from '../testing/tokens.ts';
import { inRequest } from '../testing/traces/in-request.ts';
import { Refusal, refusalKinds } from '../values/refusal.ts';
import type { GrpcCall } from './call-guard.ts';
import { createGrpcClient, type GrpcClientOptions } from './grpc-client.ts';
import { createGrpcServer, type GrpcServerOptions } from './grpc-server.ts';
import { readRefusal } from './refusal-metadata.ts';

const tokens = await testTokens();
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Handler = (request: EchoMessage, call: CallContext & GrpcCall) => Promise<EchoMessage>;

const pair = async (
  echo: Handler,
  more: { client?: Partial<GrpcClientOptions>; server?: Partial<GrpcServerOptions> } = {},
) => {
  const lines: string[] = [];
  const logger = createLogger('sample', 'info', { write: (line: string) => lines.push(line) });
  // A clock of the rules that is far from the machine's must not touch deadlines and tokens.
  const context = testContext(testManifest(), { verifyToken: tokens.verifyToken, logger, clock: fakeClock() });
  const implementation: ServiceImplementation<typeof echoDefinition, GrpcCall> = {
    echo,
    async *count({ count = 3 }) {
      for (let i = 1; i <= count; i++) yield { text: String(i) };
      throw new Refusal('conflict', 'count.over', 'That was all.');
    },
  };
  const server = createGrpcServer({ context, ...more.server }).add(echoDefinition, implementation);
  const port = await server.listen('127.0.0.1:0');
  const address = `127.0.0.1:${port}`;
  const connect = (options: Partial<GrpcClientOptions> = {}) => {
    const client = createGrpcClient(echoDefinition, {
      address,
      caller: 'order',
      secret: testCallSecret(options.caller ?? 'order', options.service ?? 'sample'),
      deadlineMs: 60_000,
      ...options,
    });
    closers.push(() => client.close());
    return client;
  };
  closers.push(() => server.close());
  return { client: connect(more.client), connect, server, context, lines, address };
};

const answer: Handler = async ({ text }) => ({ text });

describe('a gRPC call', () => {
  test('tells the handler which service calls, for whom, and in which trace', async () => {
    const seen: GrpcCall[] = [];
    const { client } = await pair(async ({ text }, { caller, callingService, traceparent }) => {
      seen.push({ caller, callingService, traceparent });
      expect(currentTraceparent()).toBe(traceparent);
      return { text };
    });
    const [userId, sessionId] = [systemIds.next('usr'), systemIds.next('ses')];
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(
      await client.echo({ text: 'hello' }, { ...(await tokens.bearer({ userId })), sessionId, traceparent }),
    ).toEqual({ text: 'hello' });
    await client.echo({ text: '' }, { sessionId });
    await inRequest({ traceparent }, () => client.echo({ text: '' }));
    expect(seen[0]).toMatchObject({
      callingService: 'order',
      caller: { kind: 'customer', userId, guestSessionId: sessionId },
    });
    expect(seen[1]?.caller).toEqual({ kind: 'guest', sessionId });
    expect(seen[2]?.caller).toEqual({ kind: 'nobody' });
    expect(
      [seen[0], seen[2]].every((call) => call?.traceparent.startsWith('00-4bf92f3577b34da6a3ce929d0e0e4736-')),
    ).toBe(true);
  });

  test.each(refusalKinds)('brings a refusal of kind %p back as it was thrown', async (kind) => {
    const details = {
      errors: [{ path: 'a.0', message: 'wrong' }],
      retryAfterSeconds: 3,
      difference: { expected: { amount: 1 }, actual: null },
    };
    const { client } = await pair(async () => {
      throw new Refusal(kind, 'order.fact', 'Ünïcode sentence.', details);
    });
    const problem = await client.echo({ text: '' }).catch((thrown: unknown) => thrown);
    expect(problem).toBeInstanceOf(Refusal);
    expect(problem).toMatchObject({
      kind,
      code: 'order.fact',
      message: 'Ünïcode sentence.',
      ...details,
    });
  });

  test('reveals nothing of an unknown error, and logs it', async () => {
    const { client, lines } = await pair(async () => {
      throw new Error('password is hunter2');
    });
    const problem = (await client.echo({ text: '' }).catch((thrown: unknown) => thrown)) as Error;
    expect(problem).not.toBeInstanceOf(Refusal);
    expect(problem.message).not.toContain('hunter2');
    expect(lines.join('')).toContain('hunter2');
  });

  test('is refused without a token of a declared caller', async () => {
    let reached = 0;
    const { connect } = await pair(async () => {
      reached += 1;
      return { text: '' };
    });
    const callers: [Partial<GrpcClientOptions>, string, string][] = [
      [{ caller: 'stranger' }, 'sample', 'service-token.not-allowed'],
      [{ secret: 'a-secret-that-somebody-made-up-000000' }, 'sample', 'service-token.invalid'],
      // Whoever took the gateway has what the gateway signs with, and cannot call in the name of the order service (M7).
      [{ caller: 'order', secret: testCallSecret('api-gateway', 'sample') }, 'sample', 'service-token.invalid'],
      // Nor with what the order service signs its calls to others with.
      [{ caller: 'order', secret: testCallSecret('order', 'payment') }, 'sample', 'service-token.invalid'],
      [{ service: 'payment' }, 'payment', 'service-token.invalid'],
    ];
    // The two services are at odds, not the person for whom one calls: 503 with the reason in the log, never 401 or 403.
    for (const [options, service, code] of callers)
      await expect(connect(options).echo({ text: '' })).rejects.toMatchObject({
        kind: 'unavailable',
        code: `${service}.unavailable`,
        cause: { code },
      });
    expect(reached).toBe(0);
  });

  test('is refused with a token that names no method, and counted as an event of security', async () => {
    let reached = 0;
    const { address, context } = await pair(async () => {
      reached += 1;
      return { text: '' };
    });
    const channel = createChannel(address);
    closers.push(() => channel.close());
    const token = await methodlessToken('order', 'sample', testCallSecret('order', 'sample'), systemClock.now());
    let trailer: Metadata | undefined;
    const call = createClient(echoDefinition, channel).echo(
      { text: '' },
      { metadata: Metadata({ [serviceTokenKey]: token }), onTrailer: (received) => (trailer = received) },
    );
    await expect(call).rejects.toThrow(/UNAUTHENTICATED.*does not name EchoService\/Echo/);
    expect(readRefusal(trailer)?.code).toBe('service-token.invalid');
    expect(reached).toBe(0);
    expect((await context.metrics.page()).text).toContain(
      'security_events_total{event="unauthenticated",caller="service",service="sample"} 1',
    );
  });

  test('is let in with the secret of before too while a rotation lasts, whose callers sign with either', async () => {
    const [current, previousSecret] = [
      'the-secret-after-0123456789-abcdefghijk',
      'the-secret-before-0123456789-abcdefghij',
    ];
    const context = testContext(testManifest(), {
      config: { callers: { order: { secret: current, previousSecret } } },
    });
    const { connect } = await pair(answer, { server: { context } });
    for (const secret of [current, previousSecret])
      expect(await connect({ secret }).echo({ text: 'on' })).toEqual({ text: 'on' });
    const older = connect({ secret: testCallSecret('order', 'sample') });
    await expect(older.echo({ text: '' })).rejects.toMatchObject({ cause: { code: 'service-token.invalid' } });
  });

  test('is refused with an access token that is not valid, which counts as a person refused and no service', async () => {
    const { client, context } = await pair(answer);
    await expect(client.echo({ text: '' }, { authorization: 'Bearer x.y.z' })).rejects.toMatchObject({
      kind: 'forbidden',
      code: 'token.invalid',
    });
    const { text } = await context.metrics.page();
    expect(text).toContain('security_events_total{event="forbidden",caller="person",service="sample"} 1');
    expect(text).toContain('security_events_total{event="forbidden",caller="service",service="sample"} 0');
  });

  test('streams its answers and ends with the refusal', async () => {
    const { client } = await pair(answer);
    const seen: string[] = [];
    const read = async () => {
      for await (const { text } of client.count({ text: '', count: 3 })) seen.push(text);
    };
    await expect(read()).rejects.toMatchObject({ kind: 'conflict', code: 'count.over' });
    expect(seen).toEqual(['1', '2', '3']);
  });

  test('is counted by method and code', async () => {
    const { client, context } = await pair(async ({ text }) => {
      if (text === 'no') throw new Refusal('missing', 'echo.missing', 'No.');
      return { text };
    });
    await client.echo({ text: 'yes' });
    await client.echo({ text: 'no' }).catch(() => undefined);
    const { text } = await context.metrics.page();
    expect(text).toContain('grpc_requests_total{method="EchoService/Echo",code="OK",service="sample"} 1');
    expect(text).toContain('grpc_requests_total{method="EchoService/Echo",code="NOT_FOUND",service="sample"} 1');
    expect(text).toContain('grpc_request_duration_seconds_bucket');
  });
});

describe('the deadline of a gRPC call', () => {
  const waitForAbort =
    (aborted: string[]): Handler =>
    (_request, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted.push('aborted');
          reject(new Error('aborted'));
        });
      });

  test('of the caller ends the call on both sides', async () => {
    const aborted: string[] = [];
    const { client } = await pair(waitForAbort(aborted));
    await expect(client.echo({ text: '' }, { deadlineMs: 1_000 })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'sample.unavailable',
    });
    await eventually(() => expect(aborted).toEqual(['aborted']));
  });

  test('of the server holds when the caller would wait longer', async () => {
    const aborted: string[] = [];
    const { client, context } = await pair(waitForAbort(aborted), { server: { deadlineMs: 1_000 } });
    await expect(client.echo({ text: '' })).rejects.toMatchObject({ kind: 'unavailable' });
    expect(aborted).toEqual(['aborted']);
    expect((await context.metrics.page()).text).toContain('code="DEADLINE_EXCEEDED"');
  });

  test('is never later than that of the request being served', async () => {
    const seen: number[] = [];
    const { client } = await pair(async ({ text }, { metadata }) => {
      seen.push(Number(metadata.get('x-request-timeout-ms')));
      return { text };
    });
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await inRequest({ traceparent, deadlineAt: Date.now() + 4_000 }, () => client.echo({ text: '' }));
    expect(seen[0]).toBeLessThanOrEqual(4_000);
    const late = inRequest({ traceparent, deadlineAt: Date.now() + 5 }, () => client.echo({ text: '' }));
    await expect(late).rejects.toMatchObject({ kind: 'unavailable', code: 'sample.unavailable' });
    expect(seen).toHaveLength(1);
  });
});

describe('a gRPC server', () => {
  test('that is not there makes calls unavailable at once', async () => {
    const client = createGrpcClient(echoDefinition, {
      address: '127.0.0.1:1',
      caller: 'order',
      secret: testCallSecret('order', 'sample'),
      deadlineMs: 5_000,
    });
    closers.push(() => client.close());
    await expect(client.echo({ text: '' })).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'sample.unavailable',
      retryAfterSeconds: 1,
    });
  });

  test('finishes what is in flight when it closes', async () => {
    let finish: () => void = () => undefined;
    let begun = false;
    const { client, server } = await pair(async ({ text }) => {
      begun = true;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { text };
    });
    const call = client.echo({ text: 'in flight' });
    await eventually(() => expect(begun).toBe(true));
    const closed = server.close();
    finish();
    expect(await call).toEqual({ text: 'in flight' });
    await closed;
  });

  test('cancels what does not finish within the drain time', async () => {
    let begun = false;
    const never: Handler = () => {
      begun = true;
      return new Promise(() => undefined);
    };
    const { client, server } = await pair(never, { server: { drainMs: 20 } });
    const call = client.echo({ text: '' }).catch((problem: unknown) => problem);
    await eventually(() => expect(begun).toBe(true));
    await server.close();
    expect(await call).toMatchObject({ kind: 'unavailable' });
  });

  test('answers health checks without a service token, by its phase', async () => {
    const { HealthDefinition } = await import('nice-grpc-server-health');
    const { context, address } = await pair(answer);
    const channel = createChannel(address);
    closers.push(() => channel.close());
    const health = createClient(HealthDefinition, channel);
    expect((await health.check({ service: '' })).status).toBe(1);
    context.health.enter('draining');
    expect((await health.check({ service: '' })).status).toBe(2);
  });
});
