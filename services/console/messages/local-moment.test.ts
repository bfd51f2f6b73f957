import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@jest/globals';

/** Asked in a process of its own, since one process has one time zone. */
const momentIn = (zone: string, text: string): unknown => {
  const module = path.join(import.meta.dirname, 'local-moment.ts');
  const script = `import { momentOf } from ${JSON.stringify(module)}; console.log(JSON.stringify(momentOf(${JSON.stringify(text)}) ?? null));`;
  const words = ['--input-type=module', '--eval', script];
  return JSON.parse(execFileSync(process.execPath, words, { env: { TZ: zone }, encoding: 'utf8', timeout: 60_000 }));
};

test.each([
  ['Europe/Berlin', '2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
  ['Europe/Berlin', '2026-03-29T02:00', null],
  ['Europe/Berlin', '2026-03-29T02:59', null],
  ['Europe/Berlin', '2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
  ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ['Australia/Lord_Howe', '2026-10-04T02:15', null],
  ['UTC', '2026-03-29T02:30', '2026-03-29T02:30:00.000Z'],
  ['UTC', '', null],
])('in %s %s is %s', (zone, text, moment) => {
  expect(momentIn(zone, text)).toBe(moment);
});
