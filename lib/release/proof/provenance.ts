/** Where a bundle comes from: an in-toto statement with SLSA's build provenance. It is not signed, so it names and proves no one. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Bundle } from '../../bundle/bundle.ts';

/** What a file that anybody wrote would have to claim as well. */
const BY_HAND = 'urn:cloudmart:builder:by-hand';

export type BuildOrigin = {
  /** Commit of the checkout, with `-dirty` when files differ from it; absent outside a checkout. */
  readonly revision: string | undefined;
  /** Variables of the process; those of GitHub's runner name the workflow and its run. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

const digestOf = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

/** https://docs.github.com/actions/reference/workflows-and-actions/variables */
const runOnGithub = (environment: BuildOrigin['environment']) => {
  if (environment['GITHUB_ACTIONS'] !== 'true') return undefined;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_WORKFLOW_REF: workflow } = environment;
  const { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt } = environment;
  return {
    source: `git+${server}/${repository}`,
    builder: `${server}/${workflow}`,
    invocation: `${server}/${repository}/actions/runs/${run}/attempts/${attempt}`,
  };
};

const subjectsOf = async ({ service }: Bundle, into: string) => {
  const entries = await readdir(into, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(into, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => name.startsWith(`${service}/`) || name === `${service}.cdx.json`)
    .sort();
  return Promise.all(names.map(async (name) => ({ name, digest: { sha256: await digestOf(path.join(into, name)) } })));
};

/**
 * Writes `<into>/<service>.provenance.json`: the SHA-256 of every file that ships, the commit, the lock file, and who built it.
 * It holds no time; the bundle's hash and the image do not depend on it. A commit stands as a source only if the checkout is the
 * commit. Sources: https://in-toto.io/Statement/v1, https://slsa.dev/spec/v1.0/provenance.
 */
export const writeProvenance = async (
  bundle: Bundle,
  { root, into, revision, environment }: BuildOrigin & { readonly root: string; readonly into: string },
): Promise<void> => {
  const github = runOnGithub(environment);
  const isCommit = revision !== undefined && /^[0-9a-f]{40,64}$/.test(revision);
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: await subjectsOf(bundle, into),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'urn:cloudmart:bundle:v1',
        externalParameters: { service: bundle.service, bundle: bundle.hash, revision },
        resolvedDependencies: [
          ...(isCommit ? [{ name: 'source', uri: github?.source, digest: { gitCommit: revision } }] : []),
          { name: 'package-lock.json', digest: { sha256: await digestOf(path.join(root, 'package-lock.json')) } },
        ],
      },
      runDetails: {
        builder: { id: github?.builder ?? BY_HAND, version: { node: process.versions.node } },
        metadata: { invocationId: github?.invocation },
      },
    },
  };
  await writeFile(path.join(into, `${bundle.service}.provenance.json`), `${JSON.stringify(statement, undefined, 1)}\n`);
};
