import { describe, expect, test } from '@jest/globals';
import { aService } from '../testing/running-operations.ts';
import { judgeSeverity, neededToBuy } from './judge-severity.ts';

const platform = [
  aService({ name: 'api-gateway', calls: ['order', 'assistant'] }),
  aService({ name: 'order', calls: ['product', 'cart'], publishes: ['order-events'] }),
  aService({ name: 'cart', calls: ['product'] }),
  aService({ name: 'product' }),
  aService({ name: 'assistant' }),
];
const needed = neededToBuy(platform);
const pipeline = (differing: object) => ({
  ...{ from: 'order', to: 'ledger', source: { kind: 'topic' as const, name: 'order-events' } },
  ...{ status: 'well' as const, deadLetters: 0 },
  ...differing,
});

test('nobody can buy without whoever takes orders and everybody whom it calls, over others too', () => {
  expect([...needed].toSorted()).toEqual(['cart', 'order', 'product']);
});

describe('the severity', () => {
  test.each([
    ['P0', 'product', 'unhealthy'],
    ['P1', 'product', 'degraded'],
    ['P1', 'assistant', 'unhealthy'],
    ['P2', 'assistant', 'degraded'],
    ['P3', 'assistant', 'unknown'],
    ['P3', 'product', 'healthy'],
  ] as const)('is %s where %s is %s', (severity, name, status) => {
    expect(judgeSeverity({ services: [{ name, status }], pipelines: [] }, needed).severity).toBe(severity);
  });

  test.each([
    ['P1', { status: 'stopped' }],
    ['P2', { status: 'behind' }],
    ['P2', { deadLetters: 3 }],
    ['P3', { deadLetters: null, status: 'unknown' }],
  ])('is %s where a pipeline has %j', (severity, differing) => {
    expect(judgeSeverity({ services: [], pipelines: [pipeline(differing)] }, needed).severity).toBe(severity);
  });

  test('is P1 where nobody can look at the pipelines', () => {
    expect(judgeSeverity({ services: [], pipelines: null }, needed)).toEqual({
      severity: 'P1',
      reasons: ['the event log does not answer'],
    });
  });

  test('is that of the worst signal, and every signal is a reason, the worst first', () => {
    const services = [
      { name: 'assistant', status: 'degraded' as const },
      { name: 'order', status: 'unhealthy' as const },
    ];
    expect(judgeSeverity({ services, pipelines: [pipeline({ status: 'stopped' })] }, needed)).toEqual({
      severity: 'P0',
      reasons: ['order is unhealthy', 'nobody reads order-events from order to ledger', 'assistant is degraded'],
    });
  });
});
