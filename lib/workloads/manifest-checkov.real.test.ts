import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { renderedVariants } from './testing/rendered-variants.ts';
import { runCheckov } from './testing/run-checkov.ts';
import { writeFiles } from './write-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-checkov-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const exceptions = [
  // Images are named by the hash of their content in a repository whose tags never move, which this rule cannot know.
  'CKV_K8S_43',
  // For the same reason a node that has the image may start a pod without asking the registry.
  'CKV_K8S_15',
];

test.each(renderedVariants.filter(({ name }) => name.endsWith(', filled')))(
  '$name has no finding',
  async ({ environment, files }) => {
    const into = path.join(folder, environment);
    await writeFiles(files, into, environment);
    const { passed, parsingErrors, findings } = await runCheckov('kubernetes', into);
    expect(findings.filter(({ check }) => !exceptions.includes(check))).toEqual([]);
    expect(exceptions.filter((exception) => !findings.some(({ check }) => check === exception))).toEqual([]);
    expect(parsingErrors).toBe(0);
    expect(passed).toBeGreaterThan(files.size);
  },
);

test('a privileged container is found', async () => {
  const into = path.join(folder, 'broken');
  const deployment = renderedVariants[1]?.files.get('order/deployment.yaml') as string;
  await writeFiles(new Map(), into, 'dev');
  await writeFile(
    path.join(into, 'deployment.yaml'),
    deployment.replace('allowPrivilegeEscalation: false', 'privileged: true'),
  );
  const { findings } = await runCheckov('kubernetes', into);
  expect(findings.map(({ check }) => check)).toContain('CKV_K8S_16');
});
