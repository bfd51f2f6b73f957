/** What a bundle must have shown before it ships. */
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Bundle, BundleOptions } from '../../bundle/bundle.ts';
import { checkLoads } from '../../bundle/bundle-load.ts';
import { openTrials } from './dry-start.ts';
import { writeSbom } from './sbom.ts';

export type BundleProof = {
  /** Loads the bundle, starts it once on a real PostgreSQL, and writes its bill of materials. Throws one sentence. */
  prove(service: ServiceManifest, bundle: Bundle, options: BundleOptions): Promise<void>;
  close(): Promise<void>;
};

/** @param services all of the platform */
export const openProof = (services: readonly ServiceManifest[]): BundleProof => {
  const trials = openTrials(services);
  return {
    prove: async (service, bundle, options) => {
      // What is inside a web build is known to whoever built it.
      if (service.kind === 'static') return;
      await checkLoads(service, bundle);
      if (service.kind !== 'lambda') await trials.start(service, bundle);
      await writeSbom(bundle, options);
    },
    close: () => trials.close(),
  };
};
