import { describe, expect, test } from '@jest/globals';
import { createLogger, redactedFields } from './logger.ts';
import { continueTrace, runInScope, traceIdOf } from './request-scope.ts';

const logTo = () => {
  const lines: string[] = [];
  const logger = createLogger('order', 'info', { write: (line: string) => lines.push(line) });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> };
};

describe('the logger', () => {
  test('writes one JSON line with service, level as a word and ISO time', () => {
    const { logger, last } = logTo();
    logger.info({ orderId: 'ord_1' }, 'placed');
    expect(last()).toMatchObject({ service: 'order', level: 'info', orderId: 'ord_1', message: 'placed' });
    expect(last()['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  test.each(redactedFields)('never shows %p, however deep it lies', (field) => {
    const { logger, lines } = logTo();
    logger.info({ [field]: 'hunter2' }, 'a');
    logger.info({ request: { [field]: 'hunter2' } }, 'b');
    logger.info({ request: { headers: { [field]: 'hunter2' } } }, 'c');
    logger.info({ event: { data: { payment: { [field]: 'hunter2' } } } }, 'd');
    expect(lines).toHaveLength(4);
    expect(lines.join('')).not.toContain('hunter2');
  });

  test('takes passwords out of addresses in errors and their causes', () => {
    const { logger, lines } = logTo();
    const cause = new Error('connect postgresql://u:hunter2@h/d failed');
    logger.error({ error: new Error('redis://:hunter2@h is away', { cause }) }, 'down');
    expect(lines[0]).not.toContain('hunter2');
    expect(lines[0]).toContain('postgresql://u:[redacted]@h/d');
  });

  test('adds the trace id inside a request, and none outside', () => {
    const { logger, last } = logTo();
    const traceparent = continueTrace();
    runInScope({ traceparent }, () => logger.info('inside'));
    expect(last()['traceId']).toBe(traceIdOf(traceparent));
    logger.info('outside');
    expect(last()).not.toHaveProperty('traceId');
  });

  test('takes its level at run time', () => {
    const { logger, lines } = logTo();
    logger.debug('unseen');
    logger.level = 'debug';
    logger.debug('seen');
    expect(lines).toHaveLength(1);
  });
});

describe('a trace', () => {
  test('is continued with a new span', () => {
    const next = continueTrace('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
    expect(next).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
    expect(next).not.toContain('00f067aa0ba902b7');
  });

  test.each([
    undefined,
    '',
    'rubbish',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
  ])('starts anew after %p', (incoming) => {
    const trace = traceIdOf(continueTrace(incoming));
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    expect(trace).not.toBe('0'.repeat(32));
    expect(trace).not.toBe('a'.repeat(32));
  });
});
