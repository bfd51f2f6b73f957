import path from 'node:path';
import type { Bundle } from '../../../lib/bundle/bundle.ts';
import { bundleServices } from '../../../lib/bundle/bundle-services.ts';
import { root } from '../../../lib/checkout.ts';
import { openProof } from '../../../lib/release/proof/bundle-proof.ts';
import { services } from '../../../lib/services.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { print } from '../../command-line/print.ts';
import type { BundleFlags } from '../bundle.ts';

/** Bundles services one after the other, each printed as it is done. */
export const runBundle = async (
  chosen: readonly ServiceManifest[],
  { out, prove, json }: BundleFlags,
  signal: AbortSignal,
): Promise<void> => {
  let startedAt = performance.now();
  const bundles: { service: string; hash: string; bytes: number; seconds: number; folder: string }[] = [];
  const built = ({ parts, ...bundle }: Bundle) => {
    const { service, hash, bytes, folder } = bundle;
    const seconds = Math.round((performance.now() - startedAt) / 10) / 100;
    startedAt = performance.now();
    bundles.push({ service, hash, bytes, seconds, folder });
    const size = `${(bytes / 1024 ** 2).toFixed(1)} MB`;
    print(json, bundle, () => [
      `${service.padEnd(16)} ${hash.slice(0, 12)} ${size.padStart(8)} ${seconds.toFixed(1).padStart(5)} s  ${path.relative('.', folder)}`,
    ]);
  };
  const proof = prove ? openProof(services) : undefined;
  try {
    const into = path.resolve(out);
    await bundleServices(chosen, { root, into, signal }, built, proof);
  } catch (problem) {
    // Ctrl-C in a terminal also reaches the compiler, whose end is no fault of a source then.
    signal.throwIfAborted();
    throw problem;
  } finally {
    await proof?.close();
  }
  if (json) print(json, { bundles }, () => []);
};
