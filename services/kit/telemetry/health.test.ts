import { describe, expect, test } from '@jest/globals';
import { fakeClock } from '../testing/fake-clock.ts';
import { Refusal } from '../values/refusal.ts';
import { createHealth } from './health.ts';

const well = async () => undefined;
const down = async () => {
  throw Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:5432'), { code: 'ECONNREFUSED' });
};
const health = () => {
  const clock = fakeClock();
  return { clock, health: createHealth({ clock }) };
};

describe('health', () => {
  test('is healthy without checks and with checks that pass', async () => {
    const { health: empty } = health();
    expect(await empty.report()).toEqual({ status: 'healthy', checks: {} });
    const { health: full } = health();
    full.add('database', { critical: true, check: well });
    expect(await full.report()).toMatchObject({
      status: 'healthy',
      checks: { database: { status: 'up', critical: true } },
    });
  });

  test('is degraded by what it can do without, and unhealthy by what it cannot', async () => {
    const { health: one } = health();
    one.add('database', { critical: true, check: well });
    one.add('cache', { critical: false, check: down });
    expect((await one.report()).status).toBe('degraded');
    const { health: two } = health();
    two.add('database', { critical: true, check: down });
    two.add('cache', { critical: false, check: down });
    expect((await two.report()).status).toBe('unhealthy');
  });

  test('names the code of a failure and never its message', async () => {
    const { health: one } = health();
    one.add('database', { critical: true, check: down });
    one.add('pool', {
      critical: true,
      check: async () => Promise.reject(new Refusal('unavailable', 'database.pool-exhausted', 'x')),
    });
    const { checks } = await one.report();
    expect(checks['database']).toMatchObject({ status: 'down', error: 'ECONNREFUSED' });
    expect(checks['pool']).toMatchObject({ error: 'database.pool-exhausted' });
    expect(JSON.stringify(checks)).not.toContain('10.1.2.3');
  });

  test('counts a check that does not answer as failed after its own time limit', async () => {
    const { health: one } = health();
    one.add('slow', { critical: true, timeoutMs: 10, check: () => new Promise(() => undefined) });
    expect((await one.report()).checks['slow']).toMatchObject({ status: 'down', error: 'timeout' });
  });

  test('asks again only after two seconds', async () => {
    const { health: one, clock } = health();
    let asked = 0;
    one.add('database', {
      critical: true,
      check: async () => {
        asked += 1;
      },
    });
    await Promise.all([one.report(), one.report()]);
    clock.advance(1_999);
    await one.report();
    expect(asked).toBe(1);
    clock.advance(1);
    await one.report();
    expect(asked).toBe(2);
  });

  test('is ready only between start and shut-down', async () => {
    const { health: one } = health();
    const seen: string[] = [];
    one.onPhase((phase) => seen.push(phase));
    expect(await one.isReady()).toBe(false);
    one.enter('ready');
    expect(await one.isReady()).toBe(true);
    one.enter('draining');
    expect(await one.isReady()).toBe(false);
    expect(seen).toEqual(['ready', 'draining']);
  });

  test('stays ready while a shared dependency is away, and not while its own is', async () => {
    const { health: one, clock } = health();
    one.enter('ready');
    one.add('database', { critical: true, check: down });
    expect(await one.isReady()).toBe(true);
    let ownIsWell = false;
    one.add('own disk', { critical: true, gatesReadiness: true, check: () => (ownIsWell ? well() : down()) });
    expect(await one.isReady()).toBe(false);
    ownIsWell = true;
    clock.advance(2_000);
    expect(await one.isReady()).toBe(true);
  });

  test('refuses two checks of one name', () => {
    const { health: one } = health();
    one.add('database', { critical: true, check: well });
    expect(() => one.add('database', { critical: true, check: well })).toThrow('registered twice');
  });
});
