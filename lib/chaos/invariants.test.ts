import { describe, expect, test } from '@jest/globals';
import { laws } from '../laws/check-laws.ts';
import { findingsOfDrifts, invariants, judgeInvariants } from './invariants.ts';
import { faultsOfHoldings } from './lease-watch.ts';

const broken = (verdicts: ReturnType<typeof judgeInvariants>) =>
  verdicts.filter(({ violations }) => violations.length > 0).map(({ letter }) => letter);
const violations = [{ subject: 'ord_1', detail: 'is wrong' }];

describe('the invariants', () => {
  test('each law belongs to exactly one of them', () => {
    const owners = laws.map(({ id }) => [id, broken(judgeInvariants([{ id, checked: 1, violations }], []))]);
    expect(owners.filter(([, letters]) => letters?.length !== 1)).toEqual([]);
  });

  test('hold when nothing was found, with one verdict for each letter', () => {
    const verdicts = judgeInvariants([{ id: 'I1', checked: 3, violations: [] }], []);
    expect(broken(verdicts)).toEqual([]);
    expect(verdicts.map(({ letter }) => letter)).toEqual(Object.keys(invariants));
  });

  test('are violated by drifts of the books: money, stock and orders that stand still each under its own', () => {
    const drift = {
      ...{ orderId: 'ord_1', paymentId: null, productId: null, repair: null, outcome: 'found', detail: 'differs' },
    } as const;
    const drifts = [
      { ...drift, kind: 'payment-of-dead-order' as const },
      { ...drift, kind: 'order-stuck' as const },
      { ...drift, productId: 'prd_1', orderId: null, kind: 'stock-differs' as const },
    ];
    expect(broken(judgeInvariants([], findingsOfDrifts(drifts as never, 5)))).toEqual(['M', 'S', 'H']);
  });
});

describe('who publishes', () => {
  const held = (holder: string, epoch: number) => ({ place: 'orders', holder, epoch });

  test('is one process after the other, each in an epoch of its own', () => {
    expect(faultsOfHoldings([held('a', 1), held('a', 1), held('b', 2), held('a', 3)])).toEqual([]);
  });

  test('is found out when two hold one epoch, or one acts in an epoch that is over', () => {
    expect(faultsOfHoldings([held('a', 1), held('b', 1)])).toEqual([
      { subject: 'orders', detail: 'a and b both held epoch 1' },
    ]);
    expect(faultsOfHoldings([held('a', 1), held('b', 2), held('a', 1)])).toEqual([
      { subject: 'orders', detail: 'a acted in epoch 1 after epoch 2 had begun' },
    ]);
  });
});
