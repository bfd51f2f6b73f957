/** What a bundle must have shown before it ships. */
import { type Runtime, runtimeOf, type ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Bundle, BundleOptions } from '../../bundle/bundle.ts';
import { checkLoads } from '../../bundle/bundle-load.ts';
import { openDryStarts } from './dry-start.ts';
import { writeSbom } from './sbom.ts';

export type BundleProof = {
  /** Loads the bundle, starts it once on a real PostgreSQL, and writes its bill of materials. Throws one sentence. */
  prove(service: ServiceManifest, bundle: Bundle, options: BundleOptions): Promise<void>;
  close(): Promise<void>;
};

/** @param services all of the platform */
export const openProof = (services: readonly ServiceManifest[]): BundleProof => {
  const trials = openDryStarts(services);
  const starts: Readonly<Record<Runtime, BundleProof['prove']>> = {
    pods: (service, bundle) => trials.start(service, bundle),
    // Neither has a start of its own.
    function: async () => {},
    site: async () => {},
    // Flink alone can tell; the job's own tests run it there.
    flink: async () => {},
  };
  return {
    prove: async (service, bundle, options) => {
      await checkLoads(service, bundle);
      await starts[runtimeOf(service)](service, bundle, options);
      // What is inside a web build is known to those who built it; a script holds no packages.
      if (bundle.parts.length > 0) await writeSbom(bundle, options);
    },
    close: () => trials.close(),
  };
};
