import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { testManifest } from '../../services/kit/testing/manifest.ts';
import { outputOf } from '../run-program.ts';
import { dropService } from './drop-service.ts';

const list = (imports: readonly string[], names: string) =>
  `${imports.map((name) => `import { manifest as ${name} } from '../services/${name}/manifest.ts';\n`).join('')}
const declared: readonly ServiceManifest[] = [${names}];
`;

const files: Readonly<Record<string, string>> = {
  'lib/services.ts': list(['mailer', 'shelf', 'till'], 'till, mailer, shelf'),
  'services/mailer/manifest.ts': 'export const manifest = {};\n',
  'services/mailer/domain/message.ts': 'export const message = 1;\n',
  'services/till/manifest.ts': 'export const manifest = {};\n',
  'lib/release/mails.int.test.ts': "import { message } from '../../services/mailer/domain/message.ts';\n",
  'lib/emulation/testing/mail-cases.ts': "import { message } from '../../../services/mailer/domain/message.ts';\n",
  'lib/emulation/mails.real.test.ts': "import { cases } from './testing/mail-cases.ts';\n",
  'lib/emulation/testing/shelf-cases.ts': 'export const shelfCases = [];\n',
  'lib/emulation/testing/every-case.ts':
    "import { cases } from './mail-cases.ts';\nimport { shelfCases } from './shelf-cases.ts';\n\nexport const all = [...cases, ...shelfCases];\n",
  'lib/emulation/all.test.ts': "import { all } from './testing/every-case.ts';\n",
  'services/acceptance/reminder.int.test.ts': "import { message } from '../mailer/domain/message.ts';\n",
  'lib/release/other.test.ts': "import { manifest } from '../../services/till/manifest.ts';\n",
};

const services = [
  testManifest({ name: 'till', publishes: { 'till-events': { partitions: 1, retentionDays: 1 } } }),
  testManifest({ name: 'mailer', consumes: { 'till-events': 'all' } }),
  testManifest({ name: 'shelf', calls: ['till'], observes: { topics: ['till-events'] } }),
];

let root: string;
const read = (file: string) => readFile(path.join(root, file), 'utf8');

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'drop-'));
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  await outputOf('git', ['init', '--quiet'], { cwd: root });
  await outputOf('git', ['add', '.'], { cwd: root });
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('a service goes with its folder, its declaration and the tests that import from it', async () => {
  expect(await dropService(root, 'mailer', services)).toEqual({
    name: 'mailer',
    tests: [
      'lib/emulation/mails.real.test.ts',
      'lib/emulation/testing/mail-cases.ts',
      'lib/release/mails.int.test.ts',
      'services/acceptance/reminder.int.test.ts',
    ],
  });
  expect(await read('lib/services.ts')).toBe(list(['shelf', 'till'], 'till, shelf'));
  await expect(read('services/mailer/manifest.ts')).rejects.toThrow('ENOENT');
  await expect(read('lib/release/mails.int.test.ts')).rejects.toThrow('ENOENT');
  expect(await read('lib/release/other.test.ts')).toBe(files['lib/release/other.test.ts']);
});

test('a list of what tests use goes on without what needs the service, and so do the tests that read it', async () => {
  await dropService(root, 'mailer', services);
  expect(await read('lib/emulation/testing/every-case.ts')).toBe(
    "import { shelfCases } from './shelf-cases.ts';\n\nexport const all = [...shelfCases];\n",
  );
  expect(await read('lib/emulation/all.test.ts')).toBe(files['lib/emulation/all.test.ts']);
});

test('a service that others call or listen to stays, and each of them is named', async () => {
  await expect(dropService(root, 'till', services)).rejects.toThrow(
    '"till" cannot be dropped: services/mailer/manifest.ts consumes its topic "till-events"; services/shelf/manifest.ts calls it; services/shelf/manifest.ts observes its "till-events"',
  );
  expect(await read('services/till/manifest.ts')).toBe(files['services/till/manifest.ts']);
});

test('the door by which customers come stays, and so does what an environment configures', async () => {
  const door = testManifest({ name: 'door', public: true });
  await expect(dropService(root, 'door', [door])).rejects.toThrow(
    '"door" cannot be dropped: it is the door by which customers come',
  );
  const staging = { name: 'staging', configuration: { mailer: { MAIL_FROM: 'shop@shop.example' } } } as const;
  await expect(dropService(root, 'mailer', services, [staging])).rejects.toThrow(
    '"mailer" cannot be dropped: lib/environments.ts configures it for staging',
  );
  expect(await read('lib/services.ts')).toBe(files['lib/services.ts']);
});

test('an unknown service is refused with those that there are', async () => {
  await expect(dropService(root, 'tills', services)).rejects.toThrow(
    'there is no service "tills"; known are till, mailer, shelf',
  );
});

test('a list that was rewritten by hand is left alone', async () => {
  await writeFile(path.join(root, 'lib/services.ts'), 'export const services = [];\n');
  await expect(dropService(root, 'mailer', services)).rejects.toThrow('remove it there by hand');
  expect(await read('services/mailer/manifest.ts')).toBe(files['services/mailer/manifest.ts']);
});
