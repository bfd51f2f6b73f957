import type { ServiceManifest } from '../services/kit/manifest.ts';
import { servicesNamed } from './services.ts';
import { runsInCluster } from './workloads/workload-values.ts';

/** Those of the named services that have an image, none named meaning all. Throws one sentence when there is none. */
export const imagesNamed = (names: readonly string[]): readonly ServiceManifest[] => {
  const chosen = servicesNamed(names.length === 0 ? undefined : names).filter(runsInCluster);
  if (chosen.length === 0) throw new Error(`${names.join(' and ')} has no image: it does not run in the cluster`);
  return chosen;
};
