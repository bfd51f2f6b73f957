import path from 'node:path';
import { Command } from 'commander';
import type { Bundle } from '../../lib/bundle/bundle.ts';
import { root } from '../../lib/checkout.ts';

type Flags = { out: string; prove: boolean; json?: boolean };

const run = async (names: readonly string[], { out, prove, json }: Flags, signal: AbortSignal) => {
  const [{ bundleServices }, { openProof }, { writeProvenance }, { revisionOf }, { services, servicesNamed }] =
    await Promise.all([
      import('../../lib/bundle/bundle-services.ts'),
      import('../../lib/release/proof/bundle-proof.ts'),
      import('../../lib/release/proof/provenance.ts'),
      import('../../lib/release/image/image-revision.ts'),
      import('../../lib/services.ts'),
    ]);
  const chosen = servicesNamed(names.length === 0 ? undefined : names);
  let startedAt = performance.now();
  const bundles: { service: string; hash: string; bytes: number; seconds: number; folder: string }[] = [];
  const built = ({ parts, ...bundle }: Bundle) => {
    const { service, hash, bytes, folder } = bundle;
    const seconds = Math.round((performance.now() - startedAt) / 10) / 100;
    startedAt = performance.now();
    bundles.push({ service, hash, bytes, seconds, folder });
    process.stdout.write(
      json
        ? `${JSON.stringify(bundle)}\n`
        : `${service}  ${hash.slice(0, 12)}  ${(bytes / 1024 ** 2).toFixed(1)} MB  ${seconds} s  ${folder}\n`,
    );
  };
  const proof = prove ? openProof(services) : undefined;
  try {
    const into = path.resolve(out);
    const made = await bundleServices(chosen, { root, into, signal }, built, proof);
    const origin = { root, into, revision: await revisionOf(root), environment: process.env };
    if (prove) for (const bundle of made) await writeProvenance(bundle, origin);
  } catch (problem) {
    // Ctrl-C in a terminal also reaches the compiler, whose end is no fault of a source then.
    signal.throwIfAborted();
    throw problem;
  } finally {
    await proof?.close();
  }
  if (json) process.stdout.write(`${JSON.stringify({ bundles })}\n`);
};

/** `cloudmart bundle`: what ships, one folder per service. */
export const bundleCommand = (): Command =>
  new Command('bundle')
    .description(
      'bundle services into the folders that ship, each with its bill of materials and its provenance beside it; refuses empty or broken sources, missing critical functions, what does not load or start, and what is too large',
    )
    .argument('[names...]', 'services; default all')
    .option('--out <dir>', 'folder that gets one folder per service', 'dist/bundles')
    .option(
      '--no-prove',
      'neither load and start the bundles nor write bills of materials and provenance: for a start on this machine',
    )
    .option(
      '--json',
      'one line of JSON per bundle as it is done, then one line with service, hash, bytes and seconds of all',
    )
    .addHelpText(
      'after',
      `
Beside each folder: <service>.cdx.json (CycloneDX), <service>.licences.txt, and <service>.provenance.json (in-toto, SLSA v1, unsigned):
the SHA-256 of every file that ships, the commit and the lock file that it is made of, and who built it.

Examples:
  npx cloudmart bundle
  npx cloudmart bundle order payment --out /tmp/bundles --json`,
    )
    .action(async (names: string[], flags: Flags) => {
      const { runInterruptibly } = await import('../command-line/run-interruptibly.ts');
      await runInterruptibly('what is bundled stays, and bundling again is safe', (signal) =>
        run(names, flags, signal),
      );
    });
