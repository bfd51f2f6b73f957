import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runProgram } from '../run-program.ts';
import { partOf } from '../testing/real-part.ts';
import { renderedVariants } from './testing/rendered-variants.ts';
import { writeFiles } from './write-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-lint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Version of the clusters in lib/environments.ts; its schemas lie in .config/real/kubernetes/schemas. */
const kubernetesVersion = '1.35.4';

const kubeconform = (files: readonly string[]) =>
  runProgram(partOf('REAL_KUBECONFORM'), [
    '-strict',
    '-summary',
    '-kubernetes-version',
    kubernetesVersion,
    '-schema-location',
    `${partOf('REAL_SCHEMAS')}/{{ .NormalizedKubernetesVersion }}-standalone{{ .StrictSuffix }}/{{ .ResourceKind }}{{ .KindSuffix }}.json`,
    ...files,
  ]);

const kubeScore = (files: readonly string[]) =>
  runProgram(partOf('REAL_KUBE_SCORE'), [
    'score',
    '--kubernetes-version=v1.35',
    '--exit-one-on-warning',
    '--output-format=ci',
    '--enable-optional-test=container-seccomp-profile',
    '--enable-optional-test=container-ports-check',
    '--enable-optional-test=container-memory-requests-equal-limits',
    // Tags never move, so a node that has the image starts a pod even while the registry is away.
    '--ignore-test=container-image-pull-policy',
    // Pods are spread by topologySpreadConstraints, which this rule does not know.
    '--ignore-test=deployment-has-host-podantiaffinity',
    ...files,
  ]);

const broken = async (name: string, ...yaml: string[]) => {
  const file = path.join(folder, name);
  await writeFile(file, yaml.join('\n---\n'));
  return [file];
};

describe.each(renderedVariants)('$name', ({ name, environment, files }) => {
  const objects = [...files.keys()].filter((file) => !file.startsWith('argocd/') && file !== 'kustomization.yaml');
  let paths: string[];
  beforeAll(async () => {
    const into = path.join(folder, name.replace(', ', '-'));
    await writeFiles(files, into, environment);
    paths = objects.map((file) => path.join(into, file));
  });

  test('every file matches the strict schema of the Kubernetes version', async () => {
    const { code, output } = await kubeconform(paths);
    expect(output).toContain(`Valid: ${objects.length}, Invalid: 0, Errors: 0, Skipped: 0`);
    expect(code).toBe(0);
  });

  test('kube-score finds nothing critical and nothing to warn of', async () => {
    const { code, output } = await kubeScore(paths);
    expect(output.split('\n').filter((line) => /^\[(WARNING|CRITICAL)\]/.test(line))).toEqual([]);
    expect(code).toBe(0);
  });
});

describe('the linters still see', () => {
  const deployment = () => renderedVariants[0]?.files.get('order/deployment.yaml') as string;

  test('a misspelt field', async () => {
    const { code, output } = await kubeconform(
      await broken('field.yaml', deployment().replace('minReadySeconds:', 'minReadySecond:')),
    );
    expect(output).toMatch(/additional properties 'minReadySecond' not allowed/);
    expect(code).toBe(1);
  });

  test('an API version that is gone', async () => {
    const autoscaler = renderedVariants[0]?.files.get('order/horizontal-pod-autoscaler.yaml') as string;
    const { code } = await kubeconform(
      await broken('version.yaml', autoscaler.replace('autoscaling/v2', 'autoscaling/v2beta2')),
    );
    expect(code).toBe(1);
  });

  test('a privileged container and a Service that selects nothing', async () => {
    const service = renderedVariants[0]?.files.get('order/service.yaml') as string;
    const { code, output } = await kubeScore(
      await broken(
        'pod.yaml',
        deployment().replace('allowPrivilegeEscalation: false', 'privileged: true'),
        service.replace('app.kubernetes.io/name: order\n  type', 'app.kubernetes.io/name: odrer\n  type'),
      ),
    );
    expect(output).toMatch(/CRITICAL\].*privileged/);
    expect(output).toMatch(/CRITICAL\].*[Ss]elector/);
    expect(code).toBe(1);
  });
});
