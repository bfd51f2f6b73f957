import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bundle, bundleService } from '../../bundle/bundle.ts';
import { root } from '../../checkout.ts';
import { services } from '../../services.ts';
import { type BuildOrigin, writeProvenance } from './provenance.ts';
import { writeSbom } from './sbom.ts';

const commit = 'c'.repeat(40);
let into: string;
let bundle: Bundle;

beforeAll(async () => {
  into = await mkdtemp(path.join(tmpdir(), 'provenance-'));
  const notification = services.find(({ name }) => name === 'notification');
  if (!notification) throw new Error('there is no notification service');
  bundle = await bundleService(notification, { root, into });
  await writeSbom(bundle, { root, into });
  // A service whose name begins alike is none of it.
  await writeFile(path.join(into, 'notification-two.cdx.json'), '{}');
});
afterAll(() => rm(into, { recursive: true }));

const provenance = async (origin: BuildOrigin) => {
  await writeProvenance(bundle, { root, into, ...origin });
  const text = await readFile(path.join(into, 'notification.provenance.json'), 'utf8');
  return { text, ...JSON.parse(text) };
};

describe('the provenance of a bundle', () => {
  it('names every file that ships with its SHA-256, and is no part of what it describes', async () => {
    const first = await provenance({ revision: commit, environment: {} });
    const names = first.subject.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['notification/handler.mjs', 'notification.cdx.json']));
    expect(names.filter((name: string) => !name.startsWith('notification/'))).toEqual(['notification.cdx.json']);
    for (const { name, digest } of first.subject as { name: string; digest: object }[])
      expect({ name, ...digest }).toEqual({
        name,
        sha256: createHash('sha256')
          .update(await readFile(path.join(into, name)))
          .digest('hex'),
      });
    expect((await provenance({ revision: commit, environment: {} })).text).toBe(first.text);
  });

  it('traces a build of GitHub back to the repository, the commit, the lock file, the workflow and its run', async () => {
    const { predicate } = await provenance({
      revision: commit,
      environment: {
        GITHUB_ACTIONS: 'true',
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'shop/cloudmart',
        GITHUB_WORKFLOW_REF: 'shop/cloudmart/.github/workflows/deploy.yml@refs/heads/main',
        GITHUB_RUN_ID: '7',
        GITHUB_RUN_ATTEMPT: '2',
      },
    });
    expect(predicate.buildDefinition).toMatchObject({
      externalParameters: { service: 'notification', bundle: bundle.hash, revision: commit },
      resolvedDependencies: [
        { uri: 'git+https://github.com/shop/cloudmart', digest: { gitCommit: commit } },
        { name: 'package-lock.json', digest: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      ],
    });
    expect(predicate.runDetails).toMatchObject({
      builder: { id: 'https://github.com/shop/cloudmart/.github/workflows/deploy.yml@refs/heads/main' },
      metadata: { invocationId: 'https://github.com/shop/cloudmart/actions/runs/7/attempts/2' },
    });
  });

  it.each([`${commit}-dirty`, undefined])('claims no commit for a build by hand from %s', async (revision) => {
    const { predicate } = await provenance({ revision, environment: {} });
    expect(predicate.buildDefinition.externalParameters.revision).toBe(revision);
    expect(predicate.buildDefinition.resolvedDependencies.map(({ name }: { name: string }) => name)).toEqual([
      'package-lock.json',
    ]);
    expect(predicate.runDetails.builder.id).toBe('urn:cloudmart:builder:by-hand');
  });
});
