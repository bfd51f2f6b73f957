/** Releases of production for a cluster without AWS: rendered as in a deployment, with names in place of its outputs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runsInCluster } from '../../../services/kit/manifest.ts';
import { environmentNamed } from '../../environments.ts';
import { services } from '../../services.ts';
import { environmentValues, type OutputOf } from '../../workloads/environment-values.ts';
import { manifestFiles } from '../../workloads/manifest-files.ts';
import type { RealCluster } from '../../workloads/testing/real-cluster.ts';
import { writeFiles } from '../../workloads/write-files.ts';
import { type ExpectedWorkload, expectedWorkloads } from '../verify/expected-workloads.ts';

export type TestRelease = {
  /** Image tag of each service; one for all, or by name. */
  readonly tags: string | Readonly<Record<string, string>>;
  /** Plain configuration by service that differs from production's. */
  readonly configuration?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

const outputOf: OutputOf = (name) => {
  if (name.startsWith('Repository')) return `registry.example/cloudmart-production/${name.slice(10).toLowerCase()}`;
  return name.endsWith('Arn') ? `arn:aws:acm:us-east-1:111122223333:${name}` : `${name.toLowerCase()}.example:5432`;
};

export const inCluster: readonly string[] = services.filter(runsInCluster).map(({ name }) => name);

const valuesOf = ({ tags, configuration = {} }: TestRelease) => {
  const perService = typeof tags === 'string' ? Object.fromEntries(inCluster.map((name) => [name, tags])) : tags;
  const environment = { ...environmentNamed('production'), configuration };
  return environmentValues(environment, services, perService, outputOf);
};

/** What a checkout of the release asks for. */
export const expectedOf = (release: TestRelease): ExpectedWorkload[] => expectedWorkloads(services, valuesOf(release));

/** Applies it as GitOps does. */
export const applyRelease = async (cluster: RealCluster, release: TestRelease): Promise<void> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'cloudmart-release-'));
  try {
    const source = { repository: 'https://git.example/shop.git', revision: 'main', path: 'production', owns: true };
    await writeFiles(manifestFiles(services, valuesOf(release), source), folder, 'production');
    const strictly = ['--server-side', '--force-conflicts', '--validate=strict', '--warnings-as-errors'];
    const { code, output } = await cluster.kubectl(['apply', ...strictly, '-k', folder]);
    if (code !== 0) throw new Error(output);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
