import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { root } from '../../lib/checkout.ts';
import { runCommand } from '../run-command.ts';

/** Code that must not stand in domain/ or use-cases/, with a piece of the message that must say what to do instead. */
const effects: readonly (readonly [name: string, source: string, advice: string])[] = [
  ['reads the clock', 'export const at = Date.now();', 'Take the time as an argument'],
  ['keeps the clock', 'export const clock = Date.now;', 'Take the time as an argument'],
  ['reads the clock by key', "export const at = Date['now']();", 'Take the time as an argument'],
  ['makes the present date', 'export const at = new Date();', 'Take the time as an argument'],
  ['makes the present date in short', 'export const at = new Date;', 'Take the time as an argument'],
  ['prints the present date', 'export const at = Date();', 'Take the time as an argument'],
  ['takes the clock apart', 'export const { now } = Date;', 'take effects as arguments'],
  ['renames the clock', 'const Time = Date;\nexport const at = new Time();', 'take effects as arguments'],
  ['measures time', 'export const at = performance.now();', 'Take the time as an argument'],
  ['measures time finely', 'export const at = process.hrtime();', 'take the value as an argument'],
  ['throws dice', 'export const chance = Math.random();', 'Take the number'],
  ['takes chance apart', 'export const { random } = Math;', 'take effects as arguments'],
  ['makes an id', 'export const id = crypto.randomUUID();', 'Take `ids: Ids`'],
  ['imports ids', "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();", 'Take `ids: Ids`'],
  ['waits', 'export const wait = () => setTimeout(() => {}, 1);', 'jobs and kit own timers'],
  ['repeats', 'export const wait = () => setInterval(() => {}, 1);', 'jobs and kit own timers'],
  ['defers', 'export const wait = () => setImmediate(() => {});', 'jobs and kit own timers'],
  ['hides a timer', 'export const wait = () => globalThis.setTimeout(() => {}, 1);', 'Take the effect as an argument'],
  [
    'imports a timer',
    "import { setTimeout as wait } from 'node:timers/promises';\nexport const pause = wait;",
    'take what they do as an argument',
  ],
  ['sets a deadline', 'export const signal = AbortSignal.timeout(5);', 'take an AbortSignal as an argument'],
  [
    'opens a socket',
    "import { connect } from 'node:net';\nexport const open = connect;",
    'take what they do as an argument',
  ],
  ['loads a socket later', "export const net = await import('node:net');", 'Import it at the top'],
  ['calls a door', "export const answer = () => fetch('http://order');", 'take the client as an argument'],
  [
    'reads a file',
    "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
    'take what they do as an argument',
  ],
  ['reads the environment', "export const level = process.env['LOG_LEVEL'];", 'take the value as an argument'],
];

const pure = `import { createHash } from 'node:crypto';

export type Line = { at: Date };
export const later = (at: Date) => new Date(at.getTime() + 1000);
export const parsed = Date.parse('2026-01-01T00:00:00Z');
export const isDate = (value: unknown): value is Date => value instanceof Date;
export const half = (value: number) => Math.floor(value / 2);
export const fingerprint = (body: string) => createHash('sha256').update(body).digest('hex');
export const due = (setTimeoutMs: number) => ({ setTimeoutMs });
`;

const lines = (count: number) => Array.from({ length: count }, (_, at) => `export const x${at} = 1;\n`).join('');

/** Rules for every source file: rule, path, source. */
const habits: readonly (readonly [rule: string, path: string, source: string])[] = [
  [
    'noFloatingPromises',
    'lib/floating.ts',
    'const later = async () => 1;\nexport const start = () => {\n  later();\n};\n',
  ],
  [
    'useExhaustiveSwitchCases',
    'lib/partial.ts',
    "export const sign = (at: 'on' | 'off') => {\n  switch (at) {\n    case 'on':\n      return 1;\n  }\n  return 0;\n};\n",
  ],
  ['useImportType', 'lib/typed.ts', "import { Server } from 'node:net';\n\nexport type S = Server;\n"],
  ['noExplicitAny', 'lib/untyped.ts', 'export const x = (y: any) => y;\n'],
  ['noDefaultExport', 'lib/default-export.ts', 'export default 1;\n'],
  ['useFilenamingConvention', 'lib/camelCase.ts', 'export const x = 1;\n'],
  ['useImportExtensions', 'lib/no-extension.ts', "export { x } from './default-export';\n"],
  ['noExcessiveLinesPerFile', 'lib/long.ts', lines(251)],
  ['noExcessiveLinesPerFile', 'lib/long.test.ts', lines(401)],
  [
    'constructor',
    'services/order/http/dictionary.ts',
    "export const words: Readonly<Record<string, string>> = { 'card-declined': 'Declined.' };\n",
  ],
  ['noFocusedTests', 'lib/focused.test.ts', "import { test } from '@jest/globals';\n\ntest.only('x', () => {});\n"],
  ['noSkippedTests', 'lib/skipped.test.ts', "import { test } from '@jest/globals';\n\ntest.skip('x', () => {});\n"],
];

let folder: string;
let output: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cloudmart-lint-'));
  const write = (path: string, source: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  };
  cpSync(join(root, '.biome.json'), join(folder, '.biome.json'));
  for (const plugin of ['pure-core', 'no-text-dictionary'])
    cpSync(join(root, `.config/checks/${plugin}.grit`), join(folder, `.config/checks/${plugin}.grit`));
  for (const layer of ['services/order/domain', 'services/order/use-cases', 'services/kit/values']) {
    for (const [at, [, source]] of effects.entries()) write(`${layer}/effect-${at}.ts`, `${source}\n`);
    write(`${layer}/pure.ts`, pure);
    write(`${layer}/effect.test.ts`, 'export const at = Date.now();\n');
  }
  for (const [at, [, source]] of effects.entries()) write(`services/order/clients/effect-${at}.ts`, `${source}\n`);
  for (const [, path, source] of habits) write(path, source);
  write('lib/short.test.ts', lines(400));
  output = (await runCommand('biome', ['lint', '--max-diagnostics=none', '--colors=off', '.'], { cwd: folder })).output;
});

afterAll(() => rmSync(folder, { recursive: true }));

/** What biome says about one file, each diagnostic from its heading to the next. */
const saidOf = (path: string) => output.split(/^(?=\S+\.ts[: ])/m).filter((part) => part.startsWith(path));

describe('domain and use cases', () => {
  const layers = ['services/order/domain', 'services/order/use-cases', 'services/kit/values'];
  const plants = layers.flatMap((layer) =>
    effects.map(([name, , advice], at) => [layer, name, `${layer}/effect-${at}.ts`, advice] as const),
  );

  test.each(plants)('%s: code that %s is refused, with what to do instead', (_layer, _name, path, advice) => {
    expect(saidOf(path).join('')).toContain(advice);
  });

  test.each(layers)('%s may compute with dates, numbers and hashes', (layer) => {
    expect(saidOf(`${layer}/pure.ts`)).toEqual([]);
  });

  test('tests may use the clock, and clients may have effects', () => {
    expect(saidOf('services/order/use-cases/effect.test.ts')).toEqual([]);
    const laws = saidOf('services/order/clients/').filter((said) => /plugin|noRestricted/.test(said));
    expect(laws).toEqual([]);
  });
});

describe('every source file', () => {
  test.each(habits)('%s is caught in %s', (rule, path) => {
    expect(saidOf(path).join('')).toContain(rule);
  });

  test('a test may have up to 400 lines', () => {
    expect(saidOf('lib/short.test.ts').join('')).not.toContain('noExcessiveLinesPerFile');
  });
});
