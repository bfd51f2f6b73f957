/**
 * All workloads of one environment as files for GitOps: a folder per service, plain YAML, `kustomization.yaml`, an Argo CD
 * `Application`.
 */
import { stringify } from 'yaml';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { prefixOf } from '../names.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { namespaceObjects, serviceObjects } from './workload-objects.ts';
import type { WorkloadValues } from './workload-values.ts';

/** Where Argo CD finds the rendered files. */
export type GitSource = {
  /** URL of the Git repository; absent: a placeholder stands for it. */
  readonly repository?: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  /** Folder of `kustomization.yaml` inside the repository. */
  readonly path: string;
  /** Whether Argo CD owns the objects and applies what it finds there; otherwise it only shows the difference. */
  readonly owns: boolean;
};

/** Relative path to content, in the order in which they are written. */
export type ManifestFiles = ReadonlyMap<string, string>;

const fileStem = (kind: string) => kind.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();

const toYaml = (object: object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });

/**
 * One YAML file for each object, by path: `<folder>/deployment.yaml`; a second object of a kind adds what its name has beyond
 * the folder's, `service-grpc.yaml`.
 */
export const objectFiles = (
  folder: string,
  objects: readonly KubernetesObject[],
): [path: string, content: string][] => {
  const taken = new Set<string>();
  return objects.map((object) => {
    const stem = fileStem(object.kind);
    const file = taken.has(stem) ? `${stem}-${object.metadata.name.replace(`${folder}-`, '')}` : stem;
    taken.add(file);
    return [`${folder}/${file}.yaml`, toYaml(object)];
  });
};

const kustomization = (resources: readonly string[]) =>
  toYaml({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources });

const application = (values: WorkloadValues, source: GitSource): KubernetesObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: prefixOf(values.environment), namespace: 'argocd' },
  spec: {
    project: 'default',
    source: { repoURL: source.repository ?? `\${repository}`, targetRevision: source.revision, path: source.path },
    destination: { server: 'https://kubernetes.default.svc', namespace: values.namespace },
    info: [{ name: 'owner', value: source.owns ? 'Argo CD' : 'cdk deploy; Argo CD only compares' }],
    syncPolicy: {
      // A rendering that lost its files must not empty the cluster.
      ...(source.owns && { automated: { prune: true, selfHeal: true, allowEmpty: false } }),
      syncOptions: ['ServerSideApply=true', 'PruneLast=true', 'ApplyOutOfSyncOnly=true'],
      retry: { limit: 5, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
    },
  },
});

/** Files of one environment. Services that run as Lambdas have none. The same input gives the same bytes. */
export const manifestFiles = (
  services: readonly ServiceManifest[],
  values: WorkloadValues,
  source: GitSource,
): ManifestFiles => {
  const inNameOrder = [...services].sort((one, other) => (one.name < other.name ? -1 : 1));
  const objects = [
    ...objectFiles('namespace', namespaceObjects(values)),
    ...inNameOrder.flatMap((service) => objectFiles(service.name, serviceObjects(service, services, values))),
  ];
  return new Map([
    ['kustomization.yaml', kustomization(objects.map(([path]) => path))],
    ['argocd/application.yaml', toYaml(application(values, source))],
    ...objects,
  ]);
};
