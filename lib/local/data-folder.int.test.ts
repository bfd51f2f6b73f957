import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineService } from '../../services/kit/manifest.ts';
import { keepRecord } from '../release/checklist/checklist-record.ts';
import { services } from '../services.ts';
import { openDataFolder } from './data-folder.ts';
import { keepSecrets, madeAnew } from './secrets.ts';
import { planProcess } from './service-plan.ts';
import { localSizes } from './size.ts';

let place: string;
const at = (...parts: string[]) => path.join(place, ...parts);
const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

const user = defineService({
  name: 'user',
  kind: 'web',
  summary: 'x',
  ports: {},
  owns: { database: 'users' },
  publishes: {},
  consumes: {},
  calls: [],
  criticalFunctions: [],
  configuration: { KEY: { description: 'x', kind: 'secret' } },
  scaling: { min: 1, max: 1, cpuPercent: 50 },
  size: { cpuMillis: 1, memoryMiB: 1 },
});

beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'data-folder-'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

describe('the data folder', () => {
  it('is made when missing and known again at the next start', async () => {
    const first = await openDataFolder(at('new', 'data'));
    first.release();
    const second = await openDataFolder(at('new', 'data'));
    second.release();
    expect([first.fresh, second.fresh, second.id]).toEqual([true, false, first.id]);
  });

  it('in use is refused, naming the process that uses it, and free again when that is killed with -9', async () => {
    const source = `import { openDataFolder } from ${JSON.stringify(path.resolve('lib/local/data-folder.ts'))};
      globalThis.held = await openDataFolder(${JSON.stringify(at('data'))}); console.log('held'); setInterval(() => {}, 1000);`;
    await writeFile(at('holder.ts'), source);
    const holder = spawn(process.execPath, [at('holder.ts')], { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
    await once(holder.stdout, 'data');
    await expect(openDataFolder(at('data'))).rejects.toEqual(
      refusal('data.in-use', new RegExp(`is used by process ${holder.pid};.*--data OTHER-DIR --port-base`)),
    );
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    (await openDataFolder(at('data'))).release();
  });

  it('of something else is refused and left alone', async () => {
    await mkdir(at('photos'));
    await writeFile(at('photos', 'cat.jpg'), 'meow');
    await expect(openDataFolder(at('photos'))).rejects.toEqual(
      refusal('data.foreign', /holds files of something else; choose an empty or new folder with --data/),
    );
    expect(await readdir(at('photos'))).toEqual(['cat.jpg']);
  });

  it('that is a file, or lies below one, is refused', async () => {
    await writeFile(at('file'), '');
    await expect(openDataFolder(at('file'))).rejects.toEqual(refusal('data.not-a-folder', /is a file/));
    await expect(openDataFolder(at('file', 'below'))).rejects.toEqual(refusal('data.not-a-folder', /./));
  });

  it.each([
    [
      'is cut off',
      '{"project": "cloud',
      'data.corrupt',
      /cloudmart\.json is damaged; restore it from a backup, or move/,
    ],
    ['belongs to another project', '{"project": "x", "format": 1, "id": "a"}', 'data.corrupt', /is damaged/],
    [
      'comes from a newer version',
      '{"project": "cloudmart", "format": 2, "id": "a"}',
      'data.newer',
      /format 2, this version reads 1/,
    ],
  ])('whose marker %s is refused and left alone', async (_, marker, code, message) => {
    await mkdir(at('data'));
    await writeFile(at('data', 'cloudmart.json'), marker);
    await expect(openDataFolder(at('data'))).rejects.toEqual(refusal(code, message));
    expect(await readdir(at('data'))).toEqual(['cloudmart.json']);
  });

  it('on a disk that nobody may write to is refused in one sentence', async () => {
    await expect(openDataFolder('/proc/cloudmart-data')).rejects.toEqual(
      refusal('data.unwritable', /^(?!.*\n).*choose (another|a writable) folder with --data DIR$/),
    );
  });

  // A disk of its own size needs a mount, and so root on Linux.
  const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;
  (canMount ? it : it.skip)(
    'on a disk without room is refused before anything is written, saying how much is missing',
    () => {
      const source = `import { readdirSync } from 'node:fs';
      import { openDataFolder } from ${JSON.stringify(path.resolve('lib/local/data-folder.ts'))};
      const { code, message } = await openDataFolder(${JSON.stringify(at('small', 'data'))}).catch((problem) => problem);
      console.log(JSON.stringify({ code, message, left: readdirSync(${JSON.stringify(at('small', 'data'))}) }));`;
      const script = `mkdir "$1/small" && mount -t tmpfs -o size=16m tmpfs "$1/small" && "$2" --input-type=module-typescript -e "$3"`;
      const { stdout, stderr } = spawnSync(
        'unshare',
        ['-m', 'sh', '-c', script, 'sh', place, process.execPath, source],
        { encoding: 'utf8', env: { PATH: process.env['PATH'] } },
      );
      expect(stderr).toBe('');
      expect(JSON.parse(stdout)).toEqual({
        code: 'data.disk-full',
        message: expect.stringMatching(
          /small\/data has 1[56] MB free and this start needs 300 MB; free some space or choose another folder with --data DIR$/,
        ),
        left: [],
      });
    },
  );

  it('of a start that died in its first moments counts as new', async () => {
    await mkdir(at('data'));
    await writeFile(at('data', 'lock'), '');
    const folder = await openDataFolder(at('data'));
    folder.release();
    expect(folder.fresh).toBe(true);
  });

  it('that holds only records of checklists counts as new, and keeps them', async () => {
    const record = await keepRecord(at('data', 'checklists'), {
      environment: 'dev',
      phase: 'pre',
      by: 'A person',
      startedAt: '2026-01-02T03:04:05.000Z',
      commit: 'abc',
      items: [],
    });
    const folder = await openDataFolder(at('data'));
    folder.release();
    expect(folder.fresh).toBe(true);
    expect(JSON.parse(await readFile(record, 'utf8'))).toMatchObject({ phase: 'pre' });
  });
});

describe('the secrets of a data folder', () => {
  it('are made once, kept, and readable by their owner only', async () => {
    const folder = await openDataFolder(at('data'));
    const first = await keepSecrets(folder, [user], false);
    const second = await keepSecrets(folder, [user], true);
    folder.release();
    expect(second).toEqual(first);
    expect((await stat(at('data', 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(new Set([first.administrator, first.roles['user'], first.configuration['user']?.['KEY']]).size).toBe(3);
  });

  it('of a caller and a callee are one for each pair that manifests declare', async () => {
    const folder = await openDataFolder(at('data'));
    const { calls } = await keepSecrets(folder, services, false);
    folder.release();
    expect(Object.keys(calls).sort()).toEqual([
      'CALL_SECRET_API_GATEWAY_TO_ORDER',
      'CALL_SECRET_API_GATEWAY_TO_USER',
      'CALL_SECRET_CART_TO_PRODUCT',
      'CALL_SECRET_ORDER_TO_PAYMENT',
      'CALL_SECRET_ORDER_TO_PRODUCT',
      'CALL_SECRET_ORDER_TO_USER',
    ]);
    expect(new Set(Object.values(calls).map(({ current }) => current)).size).toBe(6);
  });

  it('of a caller and a callee are given to these two, and the one of before to the callee alone', async () => {
    const folder = await openDataFolder(at('data'));
    const kept = await keepSecrets(folder, services, false);
    folder.release();
    const key = 'CALL_SECRET_ORDER_TO_PAYMENT';
    const rotated = { ...kept, calls: { ...kept.calls, [key]: { current: 'the new one', previous: 'the old one' } } };
    const bundle = { service: 'x', folder: place, entry: 'main.mjs', hash: '0', bytes: 0, parts: [] };
    const placement = { folder, portBase: undefined, size: localSizes.fast, secrets: rotated, services };
    const given = (name: string) => {
      const service = services.find((each) => each.name === name) as (typeof services)[number];
      const { environment } = planProcess(service, { own: bundle, started: bundle }, placement);
      return Object.entries(environment).filter(([variable]) => variable.startsWith(key));
    };
    expect(given('order')).toEqual([[key, 'the new one']]);
    expect(given('payment')).toEqual([
      [key, 'the new one'],
      [`${key}_PREVIOUS`, 'the old one'],
    ]);
    expect(given('api-gateway')).toEqual([]);
  });

  it('made anew are given beside those of before to whoever accepts these', async () => {
    const folder = await openDataFolder(at('data'));
    const first = await keepSecrets(folder, services, false);
    const rotated = madeAnew(first);
    await writeFile(folder.at('secrets.json'), JSON.stringify(rotated));
    const kept = await keepSecrets(folder, services, true);
    folder.release();
    expect(kept).toEqual(rotated);
    const bundle = { service: 'x', folder: place, entry: 'main.mjs', hash: '0', bytes: 0, parts: [] };
    const placement = { folder, portBase: undefined, size: localSizes.fast, secrets: kept, services };
    const given = (name: string) => {
      const service = services.find((each) => each.name === name) as (typeof services)[number];
      return planProcess(service, { own: bundle, started: bundle }, placement).environment;
    };
    const valuesOf = ({ configuration, calls, roles, administrator }: typeof first) => [
      ...Object.values(configuration).flatMap((each) => Object.values(each)),
      ...Object.values(calls).map(({ current }) => current),
      ...[...Object.values(roles), administrator],
    ];
    expect(valuesOf(rotated).filter((value) => valuesOf(first).includes(value))).toEqual([]);
    const ofUser = first.configuration['user'];
    const opensLetters = services.filter(({ configuration }) => configuration['MAIL_SEAL_SECRET']?.ownedBy === 'user');
    for (const { name } of opensLetters)
      expect(given(name)).toMatchObject({ MAIL_SEAL_SECRET_PREVIOUS: ofUser?.['MAIL_SEAL_SECRET'] });
    expect(given('user')).toMatchObject({ KEY_ENCRYPTION_SECRET_PREVIOUS: ofUser?.['KEY_ENCRYPTION_SECRET'] });
    expect(given('user')).not.toHaveProperty('STAFF_PASSWORD_PREVIOUS');
    expect(given('api-gateway')).toMatchObject({
      GUEST_SESSION_SECRET_PREVIOUS: first.configuration['api-gateway']?.['GUEST_SESSION_SECRET'],
    });
    const key = 'CALL_SECRET_ORDER_TO_PAYMENT';
    expect(given('payment')).toMatchObject({ [`${key}_PREVIOUS`]: first.calls[key]?.current });
  });

  it('of a service that went away are there again when it comes back', async () => {
    const folder = await openDataFolder(at('data'));
    const first = await keepSecrets(folder, [user], false);
    await keepSecrets(folder, [], true);
    const third = await keepSecrets(folder, [user], true);
    folder.release();
    expect(third).toEqual(first);
  });

  it('are not made anew over databases that they open: missing or damaged ones are refused', async () => {
    const folder = await openDataFolder(at('data'));
    await expect(keepSecrets(folder, [user], true)).rejects.toEqual(
      refusal('data.corrupt', /secrets\.json is missing/),
    );
    await writeFile(folder.at('secrets.json'), '{"administrator": "x');
    await expect(keepSecrets(folder, [user], true)).rejects.toEqual(
      refusal('data.corrupt', /secrets\.json is damaged/),
    );
    folder.release();
    expect(await readFile(at('data', 'secrets.json'), 'utf8')).toBe('{"administrator": "x');
  });
});
