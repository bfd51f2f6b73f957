import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { renderedVariants } from './testing/rendered-variants.ts';
import { partOf, runTool } from './testing/run-tool.ts';
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

const checkov = async (target: string) => {
  const parameters = ['--directory', target, '--framework', 'kubernetes', '--skip-download', '--output', 'json'];
  const { output } = await runTool(partOf('REAL_CHECKOV'), [...parameters, '--skip-check', exceptions.join(',')]);
  const report = JSON.parse(output.slice(output.indexOf('{'))) as {
    summary: { passed: number; parsing_errors: number };
    results: { failed_checks: { check_id: string; resource: string }[] };
  };
  return {
    ...report.summary,
    failed: report.results.failed_checks.map(({ check_id, resource }) => `${check_id} ${resource}`),
  };
};

test.each(renderedVariants.filter(({ name }) => name.endsWith(', filled')))(
  '$name has no finding',
  async ({ environment, files }) => {
    const into = path.join(folder, environment);
    await writeFiles(files, into, environment);
    const { passed, parsing_errors, failed } = await checkov(into);
    expect(failed).toEqual([]);
    expect(parsing_errors).toBe(0);
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
  expect((await checkov(into)).failed.join()).toContain('CKV_K8S_16');
});
