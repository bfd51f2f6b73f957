import { expect, test } from '@jest/globals';
import { createMetrics } from '../telemetry/metrics.ts';
import { unavailable } from './call-budget.ts';
import { createRetryBudget, lostOnTheWay } from './retry-budget.ts';

const make = () => {
  const metrics = createMetrics('order');
  const budget = createRetryBudget('payment', metrics);
  let attempts = 0;
  const fail = (problem: () => Error) => () => {
    attempts += 1;
    return Promise.reject(problem());
  };
  const lose = fail(() => lostOnTheWay(unavailable('payment', new Error('reset'))));
  return { budget, metrics, lose, fail, attempts: () => attempts };
};

test('a call that may be repeated and got lost is asked once more, and counted', async () => {
  const { budget, metrics } = make();
  let attempts = 0;
  const answer = await budget.run(async () => {
    attempts += 1;
    if (attempts === 1) throw lostOnTheWay(new Error('reset'));
    return 'well';
  }, true);
  expect([answer, attempts]).toEqual(['well', 2]);
  expect((await metrics.page()).text).toContain('call_retries_total{callee="payment",service="order"} 1');
});

test('a call that changes something is never asked twice, nor one that was answered or took too long', async () => {
  const { budget, lose, fail, attempts } = make();
  await expect(budget.run(lose, false)).rejects.toMatchObject({ code: 'payment.unavailable' });
  await expect(
    budget.run(
      fail(() => new Error('late')),
      true,
    ),
  ).rejects.toThrow('late');
  expect(attempts()).toBe(2);
});

test('a callee that is gone is not asked twice as often: one retry for ten calls, and ten at once', async () => {
  const { budget, lose, attempts } = make();
  for (let call = 0; call < 200; call += 1) await budget.run(lose, true).catch(() => undefined);
  expect(attempts()).toBe(200 + 10 + 19);
});
