import { describe, expect, test } from '@jest/globals';
import { createLogger, redactedFields } from './logger.ts';
import { contextOf, runIn, startSpan } from './tracing.ts';

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
    const span = startSpan('a request');
    runIn(contextOf(span), () => logger.info('inside'));
    expect(last()['traceId']).toBe(span.spanContext().traceId);
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
