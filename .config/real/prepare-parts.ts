// What several real parts are made ready by, each once in a run.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../lib/checkout.ts';
import { baseImages, buildBase } from './image-base.ts';
import { cache, run } from './tool-cache.ts';

/** Folder of the scripts and schemas of Kubernetes. */
export const kubernetes = join(root, '.config/real/kubernetes');

let assembly: Promise<string> | undefined;

/** Folder of the cloud assembly of this checkout, synthesized once in a run: later `cdk bootstrap --app` and the like do not bundle. */
export const synthesize = () => {
  assembly ??= (async () => {
    const folder = join(root, 'node_modules/.cache/cloudmart-assembly');
    await rm(folder, { recursive: true, force: true });
    await run('cdk', ['synth', '--quiet', '--output', folder]);
    return folder;
  })();
  return assembly;
};

const cluster = {
  KUBE_CACHE: join(cache, 'kubernetes'),
  KUBE_LOCK_DIR: join(kubernetes, 'build'),
};
const clusterScript = join(kubernetes, 'kube-apiserver.sh');
/** Commands that building and running the parts of a cluster needs. */
export const clusterNeeds = ['bash', 'go', 'openssl', 'flock', 'setsid'];

/** Builds the API server alone, or with it the controllers, the scheduler and simulated nodes. */
export const buildCluster = async (what: 'core' | 'full') => {
  const output = await run(clusterScript, ['build', what], cluster);
  return { ...cluster, REAL_CLUSTER_SCRIPT: clusterScript, REAL_CLUSTER_BIN: output.split('\n').at(-1) ?? '' };
};

/** Base images for a container engine, and the engine. */
export const containerEngine = async () => {
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const bases: Record<string, string> = {};
  for (const image of baseImages)
    bases[`REAL_IMAGE_BASE_${image.architecture.toUpperCase()}`] = await buildBase(
      run,
      cache,
      devDependencies.node,
      image,
    );
  // Debian's command line knows BuildKit by itself; another one on PATH may lack its plugin.
  return { ...bases, REAL_ENGINE: existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker' };
};
/** Commands that a container engine needs. */
export const engineNeeds = ['dockerd', 'apt-get', 'dpkg-deb', 'tar'];
