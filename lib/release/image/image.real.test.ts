/** Images of real services in a real engine, under the restrictions of the cluster, beside a real PostgreSQL. */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { eventually } from '../../../services/kit/testing/condition.ts';
import { freePort } from '../../../services/kit/testing/loopback.ts';
import { emptyDatabase, type TestDatabase } from '../../../services/kit/testing/postgres.ts';
import { root } from '../../checkout.ts';
import { runProgram } from '../../run-program.ts';
import { services as all, callSecretNames, generatedSecretNames } from '../../services.ts';
import { serviceVariables } from '../../variables/service-variables.ts';
import { imageLabels } from '../registry/image-labels.ts';
import { ownPlatform, PLATFORMS } from '../registry/image-platforms.ts';
import { type ContainerEngine, startContainerEngine, TEST_BASE } from '../testing/container-engine.ts';
import { type BuiltImage, buildImages } from './image.ts';

const services = all.filter(({ name }) => ['user', 'product'].includes(name));
const other = PLATFORMS.find((platform) => platform !== ownPlatform()) as string;

let engine: ContainerEngine;
let place: string;
let images: readonly BuiltImage[];
const databases: TestDatabase[] = [];
const ports = new Map<string, { http: number; grpc: number }>();

const ask = (...parameters: string[]) => engine.run(parameters, { what: parameters.join(' ') });
const imageOf = (service: string, platform = ownPlatform()) =>
  images.find((image) => image.service === service && image.platform === platform) as BuiltImage;
const build = (into: string, platforms: readonly string[] = [ownPlatform()]) =>
  buildImages({ services, root, into, platforms, base: TEST_BASE, revision: 'abc123', engine, progress: () => {} });
const layersOf = async (reference: string) =>
  (JSON.parse(await ask('image', 'inspect', reference)) as [{ RootFS: { Layers: string[] } }])[0].RootFS.Layers;

const environmentOf = async (service: ServiceManifest): Promise<Record<string, string>> => {
  const [own, events] = [await emptyDatabase(), await emptyDatabase()];
  databases.push(own, events);
  return {
    ...serviceVariables(service, all, {
      http: ({ name }) => `http://127.0.0.1:${ports.get(name)?.http}`,
      grpc: ({ name }) => `127.0.0.1:${ports.get(name)?.grpc}`,
      ports: ({ name }) => ports.get(name) ?? {},
      database: () => own.url,
      events: () => events.url,
      cache: () => 'memory:',
      table: (name) => name,
      bucket: (name, owner) => `file:///tmp/${name}?origin=http://127.0.0.1:${ports.get(owner.name)?.http}`,
      site: () => undefined,
      mail: 'ses:',
      chat: undefined,
      sentMails: 'folder:/tmp/sent',
    }),
    BIND_ADDRESS: '127.0.0.1',
    ...Object.fromEntries(
      [...callSecretNames(service, all), ...generatedSecretNames(service)].map((key) => [
        key,
        randomBytes(32).toString('hex'),
      ]),
    ),
  };
};

/** As the pods are started: lib/workloads/deployment.ts. */
const start = async (service: ServiceManifest) => {
  const environment = await environmentOf(service);
  await ask(
    ...['run', '--detach', '--name', service.name, '--network', 'host', '--read-only', '--tmpfs', '/tmp:size=64m'],
    ...['--user', '10001:10001', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...['--memory', `${service.size.memoryMiB}m`, '--cpus', '1'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    `cloudmart/${service.name}:${imageOf(service.name).tag}`,
  );
};

const stateOf = async (name: string) =>
  (
    JSON.parse(await ask('container', 'inspect', name)) as [
      { State: { Status: string; ExitCode: number; OOMKilled: boolean; Health: { Status: string } } },
    ]
  )[0].State;

beforeAll(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'cloudmart-images-'));
  engine = await startContainerEngine();
  images = await build(path.join(place, 'bundles'), PLATFORMS);
  for (const { name } of services) ports.set(name, { http: await freePort(), grpc: await freePort() });
});

afterAll(async () => {
  await engine?.stop();
  await Promise.all(databases.map((database) => database.drop()));
  await rm(place, { recursive: true, force: true });
});

describe('in the restrictions of a pod', () => {
  beforeAll(async () => {
    for (const service of services) await start(service);
  });

  test.each(services)('$name is healthy in every check, for the engine too', async ({ name }) => {
    const report = await eventually(
      async () => {
        const response = await fetch(`http://127.0.0.1:${ports.get(name)?.http}/health/detailed`);
        const body = (await response.json()) as { status: string };
        expect(body).toMatchObject({ status: 'healthy' });
        return body;
      },
      { everyMs: 250 },
    );
    expect(report).toMatchObject({
      checks: { database: { status: 'up' }, events: { status: 'up' } },
    });
    await eventually(async () => expect((await stateOf(name)).Health.Status).toBe('healthy'), {
      timeoutMs: 60_000,
      everyMs: 500,
    });
  });

  test.each([['/bin/sh'], ['/bin/bash'], ['/usr/bin/apt-get'], ['/usr/bin/env'], ['/busybox/sh']])(
    'there is no %s to be run',
    async (program) => {
      await expect(engine.run(['exec', 'user', program], { what: 'run a shell' })).rejects.toThrow(/no such file/);
    },
  );

  test('nothing can be written but in /tmp', async () => {
    const write = (file: string) => ask('exec', 'user', '/nodejs/bin/node', '-e', `fs.writeFileSync('${file}', 'x')`);
    await expect(write('/app/main.mjs')).rejects.toThrow();
    await expect(write('/x')).rejects.toThrow();
    await expect(write('/tmp/x')).resolves.toBe('');
  });

  test.each(services)(
    '$name ends in order when it is told to, without the engine having to kill it',
    async ({ name }) => {
      await ask('stop', '--time', '30', name);
      expect(await stateOf(name)).toMatchObject({ Status: 'exited', ExitCode: 0, OOMKilled: false });
    },
  );
});

describe('an image', () => {
  test('has Node as its only program, no set-user-id bit, and is owned by nobody who runs in it', async () => {
    const archive = path.join(place, 'files.tar');
    const container = (await ask('create', imageOf('user').reference)).trim();
    await ask('export', '--output', archive, container);
    await ask('rm', container);
    const { output } = await runProgram('tar', ['--list', '--verbose', '--numeric-owner', '--file', archive]);
    const files = output
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
      .map(([mode = '', owner = '', bytes = '', , , file = '']) => ({ mode, owner, bytes, file }));
    expect(files.length).toBeGreaterThan(50);
    // Engines add empty files as places for what they mount.
    const programs = files.filter(
      ({ mode, bytes, file }) => /^-..[xs]/.test(mode) && bytes !== '0' && !/\.so(\.\d+)*$/.test(file),
    );
    expect(programs.map(({ file }) => file)).toEqual(['nodejs/bin/node']);
    expect(files.filter(({ mode }) => /^-.*s/.test(mode))).toEqual([]);
    expect(files.filter(({ owner }) => owner !== '0/0')).toEqual([]);
    expect(files.some(({ file }) => file.startsWith('usr/share/zoneinfo/Europe/'))).toBe(true);
    expect(files.some(({ file }) => file === 'etc/ssl/certs/ca-certificates.crt')).toBe(true);
  });

  test('says what it holds and from which commit, runs as a number, and stays below 200 MB', async () => {
    const { labels, tag, bytes, service, reference } = imageOf('product');
    expect(labels).toMatchObject({
      [imageLabels.service]: service,
      [imageLabels.bundle]: tag,
      [imageLabels.revision]: 'abc123',
    });
    const [{ Config: config }] = JSON.parse(await ask('image', 'inspect', reference)) as [{ Config: { User: string } }];
    expect(config.User).toBe('10001:10001');
    process.stdout.write(`${reference.split(':')[0]} has ${Math.round(bytes / 1024 ** 2)} MiB\n`);
    expect(bytes).toBeLessThan(200 * 1000 ** 2);
  });

  test('for another processor is made here without running anything of it', async () => {
    const { reference, platform } = imageOf('user', other);
    expect(platform).toBe(other);
    const container = (await ask('create', '--platform', other, reference)).trim();
    await ask('cp', `${container}:/nodejs/bin/node`, path.join(place, 'node'));
    await ask('rm', container);
    // ELF header, e_machine: 0x3e is x86-64, 0xb7 is AArch64 (System V ABI, generic part, chapter 4).
    const machine = (await readFile(path.join(place, 'node'))).readUInt16LE(18);
    expect(machine).toBe(other === 'linux/arm64' ? 0xb7 : 0x3e);
  });

  test('is the same layers when it is built again from another folder, at another time', async () => {
    const before = new Map<string, string[]>();
    for (const { name } of services) {
      before.set(name, await layersOf(imageOf(name).reference));
      await ask('container', 'rm', '--force', name);
      await ask('image', 'rm', `cloudmart/${name}:${imageOf(name).tag}`, imageOf(name).reference);
    }
    await ask('builder', 'prune', '--all', '--force');
    images = [...(await build(path.join(place, 'elsewhere'))), ...images.filter(({ platform }) => platform === other)];
    for (const { name } of services) {
      expect(imageOf(name).reused).toBe(false);
      expect(await layersOf(imageOf(name).reference)).toEqual(before.get(name));
    }
  });

  test('is not built a second time', async () => {
    const again = await build(path.join(place, 'bundles'));
    expect(again.map(({ reused, digest }) => [reused, digest])).toEqual(
      services.map(({ name }) => [true, imageOf(name).digest]),
    );
  });

  test('that claims a bundle and holds something else is refused by name', async () => {
    const { tag, reference } = imageOf('user');
    const bundles = path.join(place, 'changed');
    await cp(path.join(place, 'bundles'), bundles, { recursive: true });
    await writeFile(path.join(bundles, 'user/main.mjs'), 'console.log(1);\n');
    await dockerfile(bundles, '--tag', reference, '--build-arg', `BUNDLE=${tag}`);
    await expect(build(path.join(place, 'bundles'))).rejects.toThrow(/holds something else than the bundle .*image rm/);
    await ask('image', 'rm', '--force', reference);
  });

  const dockerfile = (context: string, ...more: string[]) =>
    ask(
      ...['build', '--network', 'none', '--file', path.join(root, 'Dockerfile'), '--build-arg', 'SERVICE=user'],
      ...PLATFORMS.filter((platform) => platform === ownPlatform()).flatMap((platform) => [
        '--build-arg',
        `BASE=${TEST_BASE.replace('{arch}', platform.split('/')[1] as string)}`,
      ]),
      ...more,
      context,
    );

  test.each<[string, Record<string, string>, RegExp]>([
    ['nothing', {}, /user|main\.mjs|not found|exit code/],
    ['an empty entry point', { 'main.mjs': '' }, /main\.mjs of user is empty/],
    ['an empty part', { 'main.mjs': 'console.log(1);', 'chunk.mjs': ' \n' }, /chunk\.mjs of user is empty/],
    ['an entry point that is no program', { 'main.mjs': 'export const (' }, /SyntaxError/],
  ])('of a bundle with %s is refused by the Dockerfile itself', async (_, files, message) => {
    const context = await mkdtemp(path.join(place, 'planted-'));
    await mkdir(path.join(context, 'user'));
    await writeFile(path.join(context, 'user.cdx.json'), '{}');
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(context, 'user', name), text);
    const complaint = await dockerfile(context).then(
      () => 'it was built',
      ({ complaint: text }: { complaint: string }) => text,
    );
    expect(complaint).toMatch(message);
  });
});
