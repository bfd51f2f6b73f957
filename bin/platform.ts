import { root } from '../lib/checkout.ts';

/** What `cdk` runs (cdk.json): bundles every service, then synthesizes every environment. Asks no network and no credentials. */
const synthesize = async () => {
  const { mkdtemp, rm } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const path = await import('node:path');
  // CDK writes where each resource was made into the assembly: the same commit must give the same bytes in every folder.
  Error.prepareStackTrace = (problem, frames) =>
    [String(problem), ...frames.map((frame) => `    at ${frame}`)]
      .join('\n')
      .replaceAll(`file://${root}/`, './')
      .replaceAll(`${root}/`, './');
  // Manifests and environments are checked as they are loaded.
  const { services } = await import('../lib/services.ts');
  const { environments } = await import('../lib/environments.ts');
  const { createPlatformApp } = await import('../lib/platform-app.ts');
  const { bundleService } = await import('../lib/bundle/bundle.ts');
  const { openBundleStore } = await import('../lib/bundle/bundle-store.ts');
  const { waitForAll } = await import('../lib/wait-for-all.ts');
  const into = await mkdtemp(path.join(tmpdir(), 'cloudmart-bundles-'));
  try {
    const bundleOnce = await openBundleStore({ root, into });
    const bundles = new Map(
      await waitForAll(
        services.map(
          async (service) =>
            [service.name, await bundleOnce(service.name, (options) => bundleService(service, options))] as const,
        ),
      ),
    );
    createPlatformApp({
      environments,
      services,
      codeOf: ({ name }) => {
        const bundle = bundles.get(name);
        if (!bundle)
          throw new Error(`lib/services.ts does not list "${name}", so it was not bundled; add its manifest there`);
        return bundle;
      },
    }).synth();
  } finally {
    await rm(into, { recursive: true, force: true });
  }
};

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(
    `bin/platform.ts needs Node 24 and got ${process.version}; run "npm ci" and then "npx cdk ..." in the checkout, which use the pinned one\n`,
  );
  process.exitCode = 1;
} else
  await synthesize().catch((problem: unknown) => {
    // The stack of calls says nothing that the sentence does not.
    process.stderr.write(`${problem instanceof Error ? problem.message : String(problem)}\n`);
    process.exitCode = 1;
  });
