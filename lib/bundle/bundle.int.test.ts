import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineService } from '../../services/kit/manifest.ts';
import { bundleAggregator, bundleService } from './bundle.ts';

const run = promisify(execFile);
let place: string;

const greeter = defineService({
  name: 'greeter',
  kind: 'web',
  summary: 'x',
  ports: {},
  owns: {},
  publishes: {},
  consumes: {},
  calls: [],
  criticalFunctions: [{ file: 'use-cases/greet.ts', name: 'greet' }],
  configuration: {},
  scaling: { min: 1, max: 1, cpuPercent: 50 },
  size: { cpuMillis: 1, memoryMiB: 1 },
});

/** A checkout with one service that greets, at `<place>/<name>`. */
const checkout = async (name: string, files: Record<string, string> = {}) => {
  const root = path.join(place, name);
  const all: Record<string, string> = {
    'services/greeter/main.ts':
      "import { greet } from './use-cases/greet.ts';\nimport pg from 'pg';\nconst { late } = await import('./late.ts');\nconsole.log(greet(typeof pg.Pool), import.meta.url.endsWith('/main.mjs'), late);\n",
    'services/greeter/late.ts': "export const late = 'on demand ☃';\n",
    'services/greeter/use-cases/greet.ts': "export const greet = (name: string): string => 'hello ' + name;\n",
    'services/greeter/storage/migrations/0001-a.sql': 'SELECT 1;\n',
    'services/kit/storage/migrations/0001-kit.sql': 'SELECT 2;\n',
    ...files,
  };
  for (const [file, text] of Object.entries(all)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  await symlink(path.resolve('node_modules'), path.join(root, 'node_modules'));
  return root;
};

const bundle = (root: string, into = path.join(root, 'out')) => bundleService(greeter, { root, into });

beforeEach(async () => {
  place = await mkdtemp(path.join(tmpdir(), 'bundle-'));
});
afterEach(() => rm(place, { recursive: true }));

describe('a bundle', () => {
  it('runs alone, away from its sources and packages, with its migrations beside it', async () => {
    const { folder } = await bundle(await checkout('a'));
    const elsewhere = path.join(place, 'elsewhere');
    await cp(folder, elsewhere, { recursive: true });
    const { stdout } = await run(process.execPath, [path.join(elsewhere, 'main.mjs')], { env: {} });
    expect(stdout.trim()).toBe('hello function true on demand ☃');
    const files = (await readdir(elsewhere, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    const names = files.map(({ name, parentPath }) => path.relative(elsewhere, path.join(parentPath, name)));
    expect(names.map((name) => name.replace(/-[A-Z0-9]{8}/, '-HASH')).sort()).toEqual([
      'chunk-HASH.mjs',
      'chunk-HASH.mjs.map',
      'late-HASH.mjs',
      'late-HASH.mjs.map',
      'main.mjs',
      'main.mjs.map',
      'storage/kit-migrations/0001-kit.sql',
      'storage/migrations/0001-a.sql',
    ]);
  });

  it('has the same bytes and hash from another folder, built again and put elsewhere', async () => {
    const first = await bundle(await checkout('a'));
    const second = await bundle(await checkout('some/where/deeper'), path.join(place, 'put', 'elsewhere'));
    const third = await bundle(path.join(place, 'a'));
    expect([second.hash, third.hash]).toEqual([first.hash, first.hash]);
    for (const file of ['main.mjs', 'main.mjs.map'])
      expect(await readFile(path.join(second.folder, file))).toEqual(await readFile(path.join(first.folder, file)));
    expect(await readFile(second.entry, 'utf8')).not.toContain(place);
  });

  it('changes its hash with the code and with a migration', async () => {
    const root = await checkout('a');
    const first = await bundle(root);
    await writeFile(path.join(root, 'services/greeter/storage/migrations/0002-b.sql'), 'SELECT 3;\n');
    const second = await bundle(root);
    await writeFile(
      path.join(root, 'services/greeter/use-cases/greet.ts'),
      "export const greet = (name: string): string => 'bye ' + name;\n",
    );
    const third = await bundle(root);
    expect(new Set([first.hash, second.hash, third.hash]).size).toBe(3);
  });

  it.each([
    ['an empty entry point', { 'services/greeter/main.ts': ' \n' }, 'services/greeter/main.ts is empty'],
    [
      'an empty source file that nothing imports',
      { 'services/greeter/domain/rules.ts': '' },
      'services/greeter/domain/rules.ts is empty',
    ],
    [
      'an empty migration',
      { 'services/greeter/storage/migrations/0001-a.sql': '\n' },
      'services/greeter/storage/migrations/0001-a.sql is empty',
    ],
    [
      'an empty migration of the kit',
      { 'services/kit/storage/migrations/0001-kit.sql': '' },
      'services/kit/storage/migrations/0001-kit.sql is empty',
    ],
    [
      'a source file that cannot be parsed',
      { 'services/greeter/use-cases/greet.ts': 'export const greet = (' },
      'services/greeter/use-cases/greet.ts cannot be parsed',
    ],
    [
      'a critical function that is not exported',
      {
        'services/greeter/use-cases/greet.ts': 'export const hello = (name: string) => name;\n',
        'services/greeter/main.ts': "import './use-cases/greet.ts';",
      },
      'does not export "greet"',
    ],
    [
      'a critical function that the entry point never reaches',
      { 'services/greeter/main.ts': 'console.log(1);\n' },
      'never reaches that file',
    ],
    [
      'a package in CommonJS that is imported on demand',
      {
        'services/greeter/late.ts':
          "export const late = async () => (await import('@aws-sdk/rds-signer')).Signer.name;\n",
      },
      /services\/greeter\/late.ts imports "@aws-sdk\/rds-signer" on demand, which loses its names/,
    ],
  ])('is refused for %s', async (_, files, message) => {
    await expect(bundle(await checkout('a', files))).rejects.toThrow(message);
  });

  it('is refused for a missing entry point', async () => {
    const root = await checkout('a');
    await rm(path.join(root, 'services/greeter/main.ts'));
    await expect(bundle(root)).rejects.toThrow('services/greeter/main.ts is missing');
  });
});

describe('a bundle of pages', () => {
  const pages = defineService({ ...greeter, kind: 'static', criticalFunctions: [] });
  const site = async (files: Record<string, string>, name = 'site') => {
    const root = await checkout(name, files);
    return bundleService(pages, { root, into: path.join(root, 'out') });
  };
  const page = '<!doctype html><title>Hello</title><script type="module" src="/main.ts"></script>';

  it('is the page with all that it loads, each file but the page named by its content', async () => {
    const files = {
      'services/greeter/index.html': page,
      'services/greeter/main.ts': "const config: string = '/config.json';\nfetch(config);\n",
      'services/greeter/public/robots.txt': 'User-agent: *\n',
    };
    const { folder, entry, hash } = await site(files);
    expect((await readdir(folder)).sort()).toEqual(['assets', 'index.html', 'licences.txt', 'robots.txt']);
    const [script = ''] = /\/assets\/[\w-]+\.js/.exec(await readFile(entry, 'utf8')) ?? [];
    expect(await readFile(path.join(folder, script), 'utf8')).toContain('/config.json');
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    // In whatever folder: same commit, same bytes.
    expect((await site(files, 'elsewhere')).hash).toBe(hash);
  });

  it('asks by the tables of doors without the schemas in them', async () => {
    const { folder } = await site({
      'services/greeter/index.html': page,
      'services/greeter/main.ts': `import { productDoors } from '${path.resolve('services/contracts/http/catalogue/product-doors.ts')}';\nconsole.log(productDoors);\n`,
    });
    const names = await readdir(path.join(folder, 'assets'));
    const text = await readFile(path.join(folder, 'assets', names[0] ?? ''), 'utf8');
    expect(text).toContain('/products/:id');
    expect(text.length).toBeLessThan(2_500);
  });

  it.each([
    [
      'an address of the API that is built in',
      { 'index.html': page, 'main.ts': 'fetch("http://order:8003")' },
      /assets\/index-[\w-]+\.js:1: http:\/\/order:8003: /,
    ],
    ['no page', { 'main.ts': '' }, /services\/greeter\/index\.html is missing/],
    ['an empty page', { 'index.html': '' }, /services\/greeter\/index\.html is empty/],
    [
      'a broken source',
      { 'index.html': page, 'main.ts': 'const = 1' },
      /services\/greeter\/index\.html cannot be built: .*main\.ts/s,
    ],
  ])('is refused for %s', async (_, files, problem) => {
    const built = Object.entries(files).map(([file, text]) => [`services/greeter/${file}`, text]);
    await expect(site(Object.fromEntries(built))).rejects.toThrow(problem);
  });
});

describe('a bundle of a stream job', () => {
  const trends = defineService({
    ...greeter,
    kind: 'stream-job',
    publishes: { 'trend-events': { partitions: 3, retentionDays: 3 } },
    consumes: { 'stock-events': ['stock.sold.v1'] },
    criticalFunctions: [],
  });
  const sql =
    "CREATE TABLE stock WITH ('topic' = 'stock-events');\nCREATE TABLE trend WITH ('topic' = 'trend-events');\n";
  const job = async (files: Record<string, string>) => {
    const root = await checkout('job', files);
    return { root, into: path.join(root, 'out') };
  };

  it('is the script, what its manifest says and what runs it on Flink, and nothing that Node runs', async () => {
    const { folder, entry, hash } = await bundleService(trends, await job({ 'services/greeter/job.sql': sql }));
    expect((await readdir(folder)).sort()).toEqual(['SHA256SUMS', 'SqlJob.java', 'job.json', 'job.sql', 'pom.xml']);
    expect(await readFile(entry, 'utf8')).toBe(sql);
    expect(JSON.parse(await readFile(path.join(folder, 'job.json'), 'utf8'))).toEqual({
      name: 'greeter',
      script: 'job.sql',
      consumes: { 'stock-events': ['stock.sold.v1'] },
      publishes: ['trend-events'],
    });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is stood for on this machine by a program of its own', async () => {
    const options = await job({
      'services/greeter/job.sql': sql,
      'services/greeter/local.ts': "console.log('aggregates');\n",
    });
    const { service, entry } = await bundleAggregator(trends, options);
    expect(service).toBe('greeter-aggregator');
    expect((await run(process.execPath, [entry], { env: {} })).stdout.trim()).toBe('aggregates');
  });

  it.each<[string, Record<string, string>, string]>([
    ['no script', {}, 'services/greeter/job.sql is missing; write the job there'],
    ['an empty script', { 'services/greeter/job.sql': ' \n' }, 'services/greeter/job.sql is empty'],
    [
      'a topic of the manifest that the script never names',
      { 'services/greeter/job.sql': "CREATE TABLE stock WITH ('topic' = 'stock-events');" },
      "services/greeter/job.sql never names 'trend-events', which services/greeter/manifest.ts declares",
    ],
  ])('is refused for %s', async (_, files, message) => {
    await expect(bundleService(trends, await job(files))).rejects.toThrow(message);
  });
});
