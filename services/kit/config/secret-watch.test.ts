import { afterEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../telemetry/logger.ts';
import { eventually } from '../testing/condition.ts';
import { type SecretWatchOptions, watchSecrets } from './secret-watch.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const watch = (load: SecretWatchOptions['load'], seen = [['dev/order/key', 'before']] as const) => {
  const watched = { changes: 0, lines: [] as string[] };
  const logger = createLogger('order', 'info', { write: (line: string) => watched.lines.push(line) });
  const onChange = () => {
    watched.changes += 1;
  };
  ends.push(watchSecrets({ seen: new Map(seen), load, logger, onChange, everyMs: 5 }));
  return watched;
};

describe('a watch over secrets', () => {
  test('tells of a rotated secret, once', async () => {
    let value = 'before';
    let looks = 0;
    const watched = watch(async () => {
      looks += 1;
      return value;
    });
    await eventually(() => expect(looks).toBeGreaterThan(2));
    expect(watched.changes).toBe(0);
    value = 'after';
    await eventually(() => expect(watched.changes).toBe(1));
    expect(watched.lines.join('')).not.toContain('after');
  });

  test('goes on when a secret cannot be read for a while', async () => {
    let looks = 0;
    const watched = watch(async () => {
      looks += 1;
      if (looks < 3) throw new Error('throttled');
      return 'after';
    });
    await eventually(() => expect(watched.changes).toBe(1));
    expect(watched.lines).toHaveLength(2);
  });
});
