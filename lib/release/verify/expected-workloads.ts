/** What a checkout asks a cluster to run, for a comparison with what runs there. */
import { runsInCluster, type ServiceManifest } from '../../../services/kit/manifest.ts';
import { describeWorkload } from '../../workloads/workload.ts';
import type { WorkloadValues } from '../../workloads/workload-values.ts';

/** What one service is to run. */
export type ExpectedWorkload = {
  readonly service: string;
  /** Image reference; its repository is a placeholder until the outputs of the deployment are known. */
  readonly image: string;
  /** Digest of that image in the registry; undefined: all pods must run the same. */
  readonly digest?: string | undefined;
  /** Checksum that the pods are annotated with. */
  readonly configuration: string;
  /** ConfigMap of the static configuration; absent: the service has none. */
  readonly configMap?: { readonly name: string; readonly data: Readonly<Record<string, string>> } | undefined;
};

/** One for each service that runs in the cluster. */
export const expectedWorkloads = (services: readonly ServiceManifest[], values: WorkloadValues): ExpectedWorkload[] =>
  services.filter(runsInCluster).map((service) => {
    const { image, checksum, configMap } = describeWorkload(service, services, values);
    return { service: service.name, image, configuration: checksum, configMap };
  });
