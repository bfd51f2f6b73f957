import { expect, test } from '@jest/globals';
import { createLogger } from '../telemetry/logger.ts';
import { currentDeadline, currentTraceId, newTraceparent, traceIdOf } from '../telemetry/tracing.ts';
import { eventually } from '../testing/condition.ts';
import { inRequest } from '../testing/traces/in-request.ts';
import { createDirectWork } from './direct-work.ts';

const logger = createLogger('test', 'silent');

/** Work that is told when to end, with everything that it was asked to do. */
const workshop = ({ concurrency = 2, abandoned = [] as string[] } = {}) => {
  const begun: [key: string, known: number | undefined][] = [];
  const queued: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const direct = createDirectWork<number>({
    ...{ logger, concurrency },
    work: async (key, known) => {
      begun.push([key, known]);
      const end = Promise.withResolvers<void>();
      ends.set(key, end);
      await end.promise;
      return { key };
    },
    queue: async (key) => {
      queued.push(key);
    },
    abandoned: async () => abandoned,
  });
  return { direct, begun, queued, end: (key: string) => ends.get(key), keys: () => begun.map(([key]) => key) };
};

test('it begins at once with what is known, as many keys at a time as it may, and jobs have nothing to do', async () => {
  const { direct, begun, queued, end } = workshop();
  await direct.start();
  for (const [at, key] of ['a', 'b', 'c'].entries()) direct.take(key, at);
  await eventually(() => expect(begun).toEqual([['a', 0], ['b', 1]])); // biome-ignore format: pairs
  expect(direct.isInHand('c')).toBe(true);
  end('b')?.resolve();
  await eventually(() => expect(begun.at(-1)).toEqual(['c', 2]));
  for (const key of ['a', 'c']) end(key)?.resolve();
  await direct.stop();
  expect([queued, direct.isInHand('a')]).toEqual([[], false]);
});

test('a key that is taken while it is in hand is worked on once more, and not with what was known', async () => {
  const { direct, begun, end } = workshop();
  await direct.start();
  direct.take('a', 1);
  await eventually(() => expect(begun).toHaveLength(1));
  direct.take('a', 2);
  direct.take('a', 3);
  end('a')?.resolve();
  await eventually(() => expect(begun.at(-1)).toEqual(['a', undefined]));
  end('a')?.resolve();
  await direct.stop();
  expect(begun).toHaveLength(2);
});

test('it tells what the work came to, to those alone who can wait that long, and remembers it', async () => {
  const ends = new Map<string, PromiseWithResolvers<{ n: number }>>();
  const direct = createDirectWork<undefined, { n: number }>({
    ...{ logger, concurrency: 3 },
    work: (key) => {
      const end = Promise.withResolvers<{ n: number }>();
      ends.set(key, end);
      return end.promise;
    },
    queue: async () => undefined,
  });
  await direct.start();
  for (const key of ['good', 'bad', 'late']) direct.take(key);
  await eventually(() => expect(ends.size).toBe(3));
  const [good, bad, late] = ['good', 'bad', 'late'].map((key) => direct.resultOf(key, key === 'late' ? 1 : 60_000));
  ends.get('good')?.resolve({ n: 1 });
  ends.get('bad')?.reject(new Error('the neighbour is away'));
  expect(await Promise.all([good, bad, late])).toEqual([{ n: 1 }, undefined, undefined]);
  expect(['good', 'bad'].map((key) => direct.lastResult(key))).toEqual([{ n: 1 }, undefined]);
  expect(await direct.resultOf('nobody', 60_000)).toBeUndefined();
  ends.get('late')?.resolve({ n: 2 });
  await direct.stop();
});

test('work that fails is left to a job, and the key is free again', async () => {
  const { direct, begun, queued, end } = workshop();
  await direct.start();
  direct.take('a');
  await eventually(() => expect(begun).toHaveLength(1));
  end('a')?.reject(new Error('the neighbour is away'));
  await eventually(() => expect([queued, direct.isInHand('a')]).toEqual([['a'], false]));
  await direct.stop();
});

test('what is heard of a key in hand is told in its order once the work has ended, well or not, and work that it asks for follows', async () => {
  const { direct, begun, queued, end } = workshop();
  await direct.start();
  const told: string[] = [];
  const hear = (key: string, what: string) =>
    direct.tellAfterwards(key, async () => {
      told.push(what);
      if (what === 'a change') direct.take(key);
    });
  expect(hear('good', 'nobody has it in hand')).toBe(false);
  for (const key of ['good', 'bad']) direct.take(key, 1);
  await eventually(() => expect(begun).toHaveLength(2));
  expect([hear('good', 'a change'), hear('good', 'a fact'), hear('bad', 'a late answer'), told]).toEqual([
    ...[true, true, true],
    [],
  ]);
  end('good')?.resolve();
  await eventually(() => expect(begun).toEqual([['good', 1], ['bad', 1], ['good', undefined]])); // biome-ignore format: pairs
  expect(told).toEqual(['a change', 'a fact']);
  end('bad')?.reject(new Error('the neighbour is away'));
  await eventually(() => expect([told.at(-1), queued]).toEqual(['a late answer', ['bad']]));
  end('good')?.resolve();
  await direct.stop();
});

test('what is heard and cannot be told leaves its key to a job', async () => {
  const { direct, begun, queued, end } = workshop();
  await direct.start();
  direct.take('a');
  await eventually(() => expect(begun).toHaveLength(1));
  direct.tellAfterwards('a', () => Promise.reject(new Error('the database is away')));
  end('a')?.resolve();
  await eventually(() => expect([queued, direct.isInHand('a')]).toEqual([['a'], false]));
  await direct.stop();
});

test('it has no room before its start and once it stops; what waits then is left to jobs, what is in hand is finished', async () => {
  const { direct, begun, queued, end, keys } = workshop({ concurrency: 1 });
  expect(direct.hasRoom()).toBe(false);
  await direct.start();
  expect(direct.hasRoom()).toBe(true);
  for (const key of ['a', 'b']) direct.take(key);
  await eventually(() => expect(begun).toHaveLength(1));
  const stopped = direct.stop();
  expect(direct.hasRoom()).toBe(false);
  end('a')?.resolve();
  await stopped;
  expect([keys(), queued]).toEqual([['a'], ['b']]);
});

test('it has no room while too many wait', async () => {
  const { direct, begun, queued, end } = workshop({ concurrency: 1 });
  await direct.start();
  for (let at = 0; at < 501; at++) direct.take(`key-${at}`);
  expect(direct.hasRoom()).toBe(false);
  await eventually(() => expect(begun).toHaveLength(1));
  const stopped = direct.stop();
  end('key-0')?.resolve();
  await stopped;
  expect(queued).toHaveLength(500);
});

test('what a process left behind that ended is taken up at the start', async () => {
  const { direct, end, keys } = workshop({ abandoned: ['left'] });
  await direct.start();
  await eventually(() => expect(keys()).toEqual(['left']));
  end('left')?.resolve();
  await direct.stop();
});

test('it continues the trace of what it follows from, without the deadline of that request', async () => {
  const scopes: unknown[] = [];
  const direct = createDirectWork({
    ...{ logger, concurrency: 1 },
    work: async () => ({ count: scopes.push([currentTraceId(), currentDeadline()]) }),
    queue: async () => undefined,
  });
  await direct.start();
  const traceparent = newTraceparent();
  inRequest({ traceparent, deadlineAt: 1 }, () => direct.take('a'));
  await eventually(() => expect(scopes).toHaveLength(1));
  await direct.stop();
  expect(scopes).toEqual([[traceIdOf(traceparent), undefined]]);
});
