import { afterEach, describe, expect, test } from '@jest/globals';
import { systemIds } from '../system-ids.ts';
import { eventually } from '../testing/condition.ts';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { Refusal } from '../values/refusal.ts';
import {
  createEventStreams,
  type EventStreamsOptions,
  eventStreamTimeoutMs,
  type StreamEvent,
} from './event-streams.ts';
import { createHttpServer } from './http-server.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

/** A door with one stream, whose events the test gives; it says how many are being read. */
const serve = async (
  open: (signal: AbortSignal) => AsyncGenerator<StreamEvent>,
  limits: Pick<EventStreamsOptions, 'mostStreams' | 'mostPerCaller' | 'mostPerNetwork'> = { mostStreams: 2 },
) => {
  const stopping = new AbortController();
  const http = await createHttpServer({ context: testContext(testManifest()) });
  const stream = createEventStreams({ stopping: stopping.signal, ...limits });
  let running = 0;
  const counted = async function* (signal: AbortSignal) {
    running += 1;
    try {
      yield* open(signal);
    } finally {
      running -= 1;
    }
  };
  const config = { access: 'public' as const };
  http.get('/stream', { config, handlerTimeout: eventStreamTimeoutMs }, (request, reply) =>
    stream(request, reply, counted),
  );
  const origin = await http.listen({ host: '127.0.0.1', port: 0 });
  cleanUp.push(() => http.close());
  return { url: `${origin}/stream`, stop: () => stopping.abort(), running: () => running };
};

const event = (id: number, isLast = false): StreamEvent => ({ id, event: 'step', data: { id }, isLast });

/** One event, then nothing until the signal aborts. */
const silentAfterOne = async function* (signal: AbortSignal) {
  yield event(1);
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
};

describe('server-sent events', () => {
  test('are written with their ids and end with the source', async () => {
    const { url, running } = await serve(async function* () {
      yield event(1);
      yield event(2, true);
    });
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(await answer.text()).toBe('id: 1\nevent: step\ndata: {"id":1}\n\nid: 2\nevent: step\ndata: {"id":2}\n\n');
    expect(running()).toBe(0);
  });

  test('leave out what the client has seen', async () => {
    const { url } = await serve(async function* () {
      yield event(4);
      yield event(5, true);
    });
    const text = await (await fetch(url, { headers: { 'last-event-id': '4' } })).text();
    expect(text).not.toContain('id: 4');
    expect(text).toContain('id: 5');
  });

  test.each([
    ['there is no event', async function* () {}],
    [
      'the last one was seen',
      async function* () {
        yield event(5, true);
      },
    ],
  ])('are 204 when %s, so that the client does not come again', async (_case, open) => {
    const { url } = await serve(open);
    expect((await fetch(url, { headers: { 'last-event-id': '5' } })).status).toBe(204);
  });

  test('are an ordinary error answer when the source refuses', async () => {
    // biome-ignore lint/correctness/useYield: a source that refuses before its first event.
    const { url } = await serve(async function* () {
      throw new Refusal('missing', 'thing.unknown', 'There is no such thing.');
    });
    const answer = await fetch(url);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([404, 'thing.unknown']);
  });

  test('are refused beyond the limit, and one that ends makes room', async () => {
    const { url, running } = await serve(silentAfterOne);
    const leaving = [new AbortController(), new AbortController()];
    for (const { signal } of leaving) expect((await fetch(url, { signal })).status).toBe(200);
    const refused = await fetch(url);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'stream.too-many']);
    expect(refused.headers.get('retry-after')).toBe('5');
    leaving[0]?.abort();
    await eventually(() => expect(running()).toBe(1));
    const next = new AbortController();
    expect((await fetch(url, { signal: next.signal })).status).toBe(200);
    next.abort();
    leaving[1]?.abort();
    await eventually(() => expect(running()).toBe(0));
  });

  test('of one caller leave room for others', async () => {
    const { url, running } = await serve(silentAfterOne, { mostStreams: 3, mostPerCaller: 1 });
    const leaving = new AbortController();
    const open = (session: string) => fetch(url, { headers: { 'x-session-id': session }, signal: leaving.signal });
    const [one, other] = [systemIds.next('ses'), systemIds.next('ses')];
    expect((await open(one)).status).toBe(200);
    const refused = await open(one);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([429, 'stream.too-many']);
    expect((await open(other)).status).toBe(200);
    leaving.abort();
    await eventually(() => expect(running()).toBe(0));
    const again = new AbortController();
    expect((await fetch(url, { headers: { 'x-session-id': one }, signal: again.signal })).status).toBe(200);
    again.abort();
  });

  test('of one network leave room for others, whoever they belong to (L7)', async () => {
    const { url, running } = await serve(silentAfterOne, { mostStreams: 9, mostPerNetwork: 2 });
    const leaving = new AbortController();
    const open = () => fetch(url, { headers: { 'x-session-id': systemIds.next('ses') }, signal: leaving.signal });
    expect([(await open()).status, (await open()).status, (await open()).status]).toEqual([200, 200, 429]);
    leaving.abort();
    await eventually(() => expect(running()).toBe(0));
  });

  test('end when the process begins to stop', async () => {
    const { url, stop, running } = await serve(silentAfterOne);
    const answer = await fetch(url);
    stop();
    expect(await answer.text()).toContain('id: 1');
    await eventually(() => expect(running()).toBe(0));
  });
});
