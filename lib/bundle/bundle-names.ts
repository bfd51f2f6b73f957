/** Bundles that are no service, and which bundle a service's process on this machine starts. */
import { type LocalForm, type ServiceManifest, serviceKinds } from '../../services/kit/manifest.ts';

/** The process that invokes Lambdas outside AWS. */
export const INVOKER = 'function-invoker';

/** The process that serves files to browsers outside AWS. */
export const FILE_SERVER = 'file-server';

/** What stands beside the services in containers: lib/compose/main.ts. */
export const TOOLS = 'platform-tools';

/** The aggregator that stands for a stream job outside AWS. */
export const aggregatorOf = (service: string): string => `${service}-aggregator`;

const startedBundles: Readonly<Record<LocalForm, (service: string) => string>> = {
  process: (service) => service,
  invoker: () => INVOKER,
  files: () => FILE_SERVER,
  aggregator: aggregatorOf,
};

/** Name of the bundle that is started for a service on this machine, by `npm start` and under compose. */
export const startedBundle = ({ name, kind }: ServiceManifest): string =>
  startedBundles[serviceKinds[kind].locally](name);
