/** A real API server under the restricted pod security policy takes every rendering, and refuses what is broken. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '../../services/kit/testing/condition.ts';
import { partOf } from '../testing/real-part.ts';
import { type RealCluster, startCluster } from './testing/real-cluster.ts';
import { renderedVariants } from './testing/rendered-variants.ts';
import { writeFiles } from './write-files.ts';

const strictly = ['--server-side', '--validate=strict', '--warnings-as-errors'];

let cluster: RealCluster;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-admission-'));
  cluster = await startCluster('start');
});
afterAll(async () => {
  await cluster?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(renderedVariants)('$name', ({ name, environment, files }) => {
  let into: string;
  beforeAll(async () => {
    into = path.join(folder, name.replace(', ', '-'));
    await writeFiles(files, into, environment);
  });

  test('is applied without a warning', async () => {
    const { code, output } = await cluster.kubectl(['apply', ...strictly, '-k', into]);
    expect(output.split('\n').filter((line) => !line.endsWith(' serverside-applied') && line !== '')).toEqual([]);
    expect(code).toBe(0);
    expect(output.split('\n').filter((line) => line !== '')).toHaveLength(files.size - 2);
  });

  test('applied again changes nothing', async () => {
    expect(await cluster.kubectl(['diff', '--server-side', '-k', into])).toMatchObject({ code: 0, output: '' });
    expect((await cluster.kubectl(['apply', ...strictly, '-k', into])).code).toBe(0);
    expect(await cluster.kubectl(['diff', '--server-side', '-k', into])).toMatchObject({ code: 0, output: '' });
  });
});

describe('Argo CD', () => {
  beforeAll(async () => {
    const crd = await readFile(partOf('REAL_ARGO_CRD'), 'utf8');
    const applied = await cluster.kubectl(['apply', '--server-side', '-f', '-'], crd);
    if (applied.code !== 0) throw new Error(applied.output);
    await cluster.kubectl(['wait', '--for=condition=Established', 'crd/applications.argoproj.io', '--timeout=60s']);
    await cluster.kubectl(['create', 'namespace', 'argocd']);
    // What is established is not yet among what the server says that it has, which is where kubectl looks.
    await eventually(async () =>
      expect(await cluster.kubectl(['get', 'applications.argoproj.io', '-n', 'argocd'])).toMatchObject({ code: 0 }),
    );
  });

  const application = () => renderedVariants[1]?.files.get('argocd/application.yaml') as string;

  test.each(renderedVariants)('takes the Application of $name', async ({ files }) => {
    const yaml = files.get('argocd/application.yaml');
    const { code, output } = await cluster.kubectl(['apply', ...strictly, '-f', '-'], yaml);
    expect(output).toMatch(/^application.argoproj.io\/cloudmart-\w+ serverside-applied\n$/);
    expect(code).toBe(0);
  });

  test('would refuse a misspelt field of it', async () => {
    const misspelt = application().replace('selfHeal', 'selfHealing');
    const { code, output } = await cluster.kubectl(['apply', ...strictly, '-f', '-'], misspelt);
    expect(output).toContain('selfHealing');
    expect(code).toBe(1);
  });
});

describe('a broken twin is refused:', () => {
  const production = () => renderedVariants.find(({ name }) => name === 'production, filled')?.files;
  test.each<[string, string, string | RegExp, string, RegExp]>([
    [
      'a misspelt field',
      'order/deployment.yaml',
      'minReadySeconds',
      'minReadySecond',
      /unknown field|field not declared/,
    ],
    [
      'a selector that does not match',
      'order/deployment.yaml',
      /(matchLabels:\n\s+app.kubernetes.io\/name): order/,
      '$1: odrer',
      /selector|immutable/,
    ],
    [
      'a request above its limit',
      'order/deployment.yaml',
      /memory: \d+Mi/,
      'memory: 1Mi',
      /must be less than or equal to memory limit/,
    ],
    [
      'a port name that is too long',
      'order/deployment.yaml',
      'name: probe',
      'name: probes-of-the-kubelet',
      /must be no more than 15 characters/,
    ],
    ['a port that does not exist', 'order/service.yaml', 'port: 8003', 'port: 99999', /between 1 and 65535/],
    ['a bad name', 'order/service-account.yaml', '\n  name: order\n', '\n  name: Order_1\n', /RFC 1123/],
    [
      'a privileged container',
      'order/deployment.yaml',
      'allowPrivilegeEscalation: false',
      'privileged: true',
      /violate PodSecurity "restricted/,
    ],
    [
      'a container that runs as root',
      'order/deployment.yaml',
      /runAsNonRoot: true/g,
      'runAsNonRoot: false',
      /violate PodSecurity "restricted/,
    ],
    ['kept capabilities', 'order/deployment.yaml', 'drop:', 'add:', /violate PodSecurity "restricted/],
    [
      'an API that is gone',
      'order/horizontal-pod-autoscaler.yaml',
      'autoscaling/v2',
      'autoscaling/v2beta2',
      /no matches for kind/,
    ],
    [
      'an autoscaler upside down',
      'order/horizontal-pod-autoscaler.yaml',
      /maxReplicas: \d+/,
      'maxReplicas: 1',
      /must be greater than or equal to/,
    ],
    ['a range that is none', 'order/network-policy.yaml', /cidr: 10\.\S+/, 'cidr: 10.0.0.0/33', /cidr/],
    [
      'grace that the sleep outlasts',
      'order/deployment.yaml',
      'terminationGracePeriodSeconds: 35',
      'terminationGracePeriodSeconds: 5',
      /preStop/,
    ],
  ])('%s', async (_, file, from, to, reason) => {
    const sound = production()?.get(file) as string;
    const broken = sound.replace(from, to);
    expect(broken).not.toBe(sound);
    const { code, output } = await cluster.kubectl(['apply', ...strictly, '--dry-run=server', '-f', '-'], broken);
    expect(output).toMatch(reason);
    expect(code).not.toBe(0);
  });
});
