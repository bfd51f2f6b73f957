/** Bundles several services into one folder, with what stands for them on this machine. */
import { type LocalForm, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';
import type { BundleProof } from '../release/proof/bundle-proof.ts';
import {
  type Bundle,
  type BundleOptions,
  bundleAggregator,
  bundleFileServer,
  bundleInvoker,
  bundleService,
} from './bundle.ts';
import { startedBundle } from './bundle-names.ts';
import { openBundleStore } from './bundle-store.ts';

type Work = { readonly name: string; readonly make: (options: BundleOptions) => Promise<Bundle> };

/** What stands for a service on this machine and is not its own bundle. */
const besides: Readonly<Record<LocalForm, (service: ServiceManifest) => Work['make'] | undefined>> = {
  process: () => undefined,
  invoker: () => bundleInvoker,
  files: () => bundleFileServer,
  aggregator: (service) => (options) => bundleAggregator(service, options),
};

/** What is bundled for these services: first what stands for some of them here, each once. */
const worksFor = (services: readonly ServiceManifest[]): Work[] => {
  const beside = new Map<string, Work['make']>();
  for (const service of services) {
    const make = besides[serviceKinds[service.kind].locally](service);
    if (make) beside.set(startedBundle(service), make);
  }
  return [
    ...[...beside].map(([name, make]) => ({ name, make })),
    ...services.map((service) => ({
      name: service.name,
      make: (options: BundleOptions) => bundleService(service, options),
    })),
  ];
};

/**
 * Bundles the services, each to `<into>/<name>`, and what stands for them on this machine: the invoker of Lambdas and the like.
 * `built` is told of each as it is done, in the order of the services, what is no service first. `proof` is what a release needs and a
 * start on this machine does not.
 */
export const bundleServices = async (
  services: readonly ServiceManifest[],
  options: BundleOptions,
  built: (bundle: Bundle) => void,
  proof?: BundleProof,
): Promise<Bundle[]> => {
  const bundleOnce = await openBundleStore(options);
  const bundles: Bundle[] = [];
  for (const { name, make } of worksFor(services)) {
    options.signal?.throwIfAborted();
    const service = services.find((one) => one.name === name);
    const bundle = await bundleOnce(name, make);
    if (service) await proof?.prove(service, bundle, options);
    bundles.push(bundle);
    built(bundle);
  }
  return bundles;
};
