import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Context, EventBridgeEvent } from 'aws-lambda';
import { createLogger } from '../telemetry/logger.ts';
import { eventually } from '../testing/condition.ts';
import { startSchedule } from './schedule.ts';

type Scheduled = EventBridgeEvent<'Scheduled Event', unknown>;

const start = (handler: (event: Scheduled, context: Context) => unknown) =>
  startSchedule({
    ...{ name: 'notification', handler, everyMs: 1, timeoutMs: 50, logger: createLogger('test', 'silent') },
    pause: (milliseconds, signal) => wait(milliseconds, undefined, { signal }),
    now: () => new Date('2026-03-01T10:00:00Z'),
    requestId: () => 'request-1',
  });

describe('a schedule', () => {
  it('calls the function as a rule of EventBridge does, again and again, also after failures', async () => {
    const events: Scheduled[] = [];
    const schedule = start((event, context) => {
      events.push(event);
      expect(context.functionName).toBe('notification');
      throw new Error('not today');
    });
    await eventually(() => expect(events.length).toBeGreaterThan(2));
    await schedule.close();
    expect(events[0]).toMatchObject({ 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} });
  });

  it('never calls it while a call is under way, and ends after that one', async () => {
    let running = 0;
    let most = 0;
    let calls = 0;
    const schedule = start(async () => {
      running += 1;
      most = Math.max(most, running);
      await wait(5);
      running -= 1;
      calls += 1;
    });
    await eventually(() => expect(calls).toBeGreaterThan(2));
    await schedule.close();
    expect([most, running]).toEqual([1, 0]);
  });

  it('leaves a call that takes longer than its time', async () => {
    let calls = 0;
    const schedule = start(async () => {
      calls += 1;
      if (calls === 1) await new Promise(() => undefined);
    });
    await eventually(() => expect(calls).toBeGreaterThan(1));
    await schedule.close();
  });
});
