import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { testContext } from '../testing/context.ts';
import { testManifest } from '../testing/manifest.ts';
import { Refusal, type RefusalKind } from '../values/refusal.ts';
import { type Breaker, type BreakerOptions, createBreaker } from './breaker.ts';

const open: Breaker[] = [];
afterEach(() => {
  for (const breaker of open.splice(0)) breaker.close();
  jest.useRealTimers();
});

const make = (options: Partial<BreakerOptions> = {}) => {
  const context = testContext(testManifest());
  const { health, metrics, logger } = context;
  const breaker = createBreaker({ name: 'product', health, metrics, logger, ...options });
  open.push(breaker);
  return { breaker, context };
};

const succeed = async () => 'well';
const fail = async () => {
  throw new Refusal('unavailable', 'product.unavailable', 'Away.');
};
const refuse = (kind: RefusalKind) => async () => {
  throw new Refusal(kind, 'product.fact', 'No.');
};
const times = async (breaker: Breaker, count: number, action: () => Promise<unknown>) => {
  for (let i = 0; i < count; i++) await breaker.run(action).catch(() => undefined);
};

describe('a circuit breaker', () => {
  test('passes answers and problems through while it is closed', async () => {
    const { breaker } = make();
    expect(await breaker.run(succeed)).toBe('well');
    await expect(breaker.run(fail)).rejects.toMatchObject({ code: 'product.unavailable', message: 'Away.' });
    expect(breaker.state).toBe('closed');
  });

  test('stays closed for nine failures and opens at the tenth', async () => {
    const { breaker } = make();
    await times(breaker, 9, fail);
    expect(breaker.state).toBe('closed');
    await times(breaker, 1, fail);
    expect(breaker.state).toBe('open');
  });

  test('stays closed below half of failures and opens above', async () => {
    const { breaker } = make();
    await times(breaker, 6, succeed);
    await times(breaker, 5, fail);
    expect(breaker.state).toBe('closed');
    await times(breaker, 2, fail);
    expect(breaker.state).toBe('open');
  });

  test('does not call while it is open, and says when to come back', async () => {
    const { breaker } = make();
    await times(breaker, 10, fail);
    let called = 0;
    const refused = breaker.run(async () => {
      called += 1;
    });
    await expect(refused).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'product.unavailable',
      retryAfterSeconds: 30,
    });
    expect(called).toBe(0);
  });

  test.each(['invalid', 'unauthenticated', 'forbidden', 'missing', 'conflict', 'unprocessable', 'too-many'] as const)(
    'takes a refusal of kind %p for an answer',
    async (kind) => {
      const { breaker } = make();
      await times(breaker, 20, refuse(kind));
      expect(breaker.state).toBe('closed');
      await expect(breaker.run(refuse(kind))).rejects.toMatchObject({ kind, code: 'product.fact' });
    },
  );

  test('counts an action that does not end in time as failed', async () => {
    const { breaker } = make({ timeoutMs: 10, leastActions: 1 });
    await expect(breaker.run(() => new Promise(() => undefined))).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'product.unavailable',
    });
    expect(breaker.state).toBe('open');
  });

  test('tries once after the reset time: closed when it went well, open when not', async () => {
    jest.useFakeTimers();
    const { breaker } = make({ resetMs: 5_000 });
    await times(breaker, 10, fail);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(breaker.state).toBe('open');
    await jest.advanceTimersByTimeAsync(1);
    expect(breaker.state).toBe('half-open');
    await times(breaker, 1, fail);
    expect(breaker.state).toBe('open');
    await jest.advanceTimersByTimeAsync(5_000);
    expect(breaker.state).toBe('half-open');
    await times(breaker, 1, succeed);
    expect(breaker.state).toBe('closed');
  });

  test('shows its state in health details and metrics', async () => {
    const { breaker, context } = make();
    const gauge = async () =>
      /circuit_breaker_state\{breaker="product",service="sample"\} (\d)/.exec((await context.metrics.page()).text)?.[1];
    expect([context.health.details(), await gauge()]).toEqual([{ 'breaker.product': 'closed' }, '0']);
    await times(breaker, 10, fail);
    expect([context.health.details(), await gauge()]).toEqual([{ 'breaker.product': 'open' }, '2']);
  });
});
