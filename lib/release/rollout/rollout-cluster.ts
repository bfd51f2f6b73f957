/** The cluster as a roll-out sees it: a few calls to its API, each with a deadline, each failure one sentence. */
import {
  AppsV1Api,
  type ConfigurationOptions,
  CoreV1Api,
  type CoreV1ApiReadNamespacedPodLogRequest,
  KubeConfig,
  Observable,
  type ObservableMiddleware,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Deployment,
  type V1Pod,
  type V1ReplicaSet,
} from '@kubernetes/client-node';
import { fieldManagers, labelKeys, platformName, prefixOf } from '../../names.ts';
import { ClusterRefused, refusalOf } from './rollout-cluster-failure.ts';

export type ClusterAddress = {
  /** File with the cluster's address and credentials; default KUBECONFIG, then `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  /** Context in that file; default its current one. */
  readonly context?: string | undefined;
  readonly namespace: string;
  /** Milliseconds for one call; default 10,000. */
  readonly callTimeoutMs?: number | undefined;
  /** Aborted on Ctrl-C. */
  readonly signal?: AbortSignal | undefined;
};

export type RolloutCluster = {
  /** Name of the context, for sentences. */
  readonly context: string;
  readonly namespace: string;
  /** Deployments of the platform, by name. */
  deployments(): Promise<ReadonlyMap<string, V1Deployment>>;
  replicaSets(): Promise<V1ReplicaSet[]>;
  pods(): Promise<V1Pod[]>;
  /** Undefined when there is none of this name. */
  configMap(name: string): Promise<V1ConfigMap | undefined>;
  /** Creates it, or replaces it where `resourceVersion` is still the one that was read. */
  writeConfigMap(map: V1ConfigMap): Promise<void>;
  /** Gives a Deployment the pod template of one of its replica sets again, whatever fields that has, and notes why. */
  restoreTemplate(name: string, replicaSet: string, annotations: Readonly<Record<string, string>>): Promise<void>;
  /** Makes annotations of the pod template this tool's own, beside whatever else applies the Deployment. */
  annotateTemplate(name: string, manager: string, annotations: Readonly<Record<string, string>>): Promise<void>;
  /** Last lines of a container's log, or of its run before the last restart. */
  lastLines(pod: string, container: string, lines: number, previous: boolean): Promise<string[]>;
  /** Lines of a container's log that are at most so many seconds old, the first 8 MiB of them. */
  linesSince(pod: string, container: string, seconds: number): Promise<string[]>;
};

/** Every object of the platform has it; see lib/workloads/labels.ts. */
const OURS = `${labelKeys.platform}=${platformName}`;
const MANAGER = fieldManagers.rollout;
const LOG_LIMIT_BYTES = 8 * 1024 ** 2;

type RawTemplate = { readonly metadata: { readonly labels: Record<string, string> } };
type CallOptions = ConfigurationOptions<ObservableMiddleware>;

const loadConfig = ({ kubeconfig, context }: ClusterAddress): KubeConfig => {
  const config = new KubeConfig();
  const from = kubeconfig ?? (process.env['KUBECONFIG'] || '~/.kube/config');
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (problem) {
    throw new ClusterRefused(
      'cluster.no-kubeconfig',
      `${from} cannot be used as a kubeconfig (${(problem as NodeJS.ErrnoException).code ?? (problem as Error).message}); name another with --kubeconfig or KUBECONFIG`,
      { cause: problem },
    );
  }
  const known = config.getContexts().map(({ name }) => name);
  const wanted = context ?? config.getCurrentContext();
  // Without any file the client invents a cluster at localhost:8080, which is never meant.
  if (config.getContextObject(wanted) === null || known.join() === 'loaded-context')
    throw new ClusterRefused(
      known.join() === 'loaded-context' ? 'cluster.no-kubeconfig' : 'cluster.no-context',
      known.join() === 'loaded-context'
        ? `there is no kubeconfig at ${from}; run "aws eks update-kubeconfig --name ${prefixOf('<environment>')}" or name one with --kubeconfig`
        : `${from} has no context "${wanted}", only ${known.join(', ') || 'none'}; choose one with --context`,
    );
  config.setCurrentContext(wanted);
  if (config.getCurrentCluster() === null)
    throw new ClusterRefused(
      'cluster.no-context',
      `context "${wanted}" of ${from} names no cluster; choose another with --context`,
    );
  return config;
};

/** Opens the way to a cluster; nothing is asked yet. Throws {@link ClusterRefused} when no cluster is configured. */
export const connectCluster = (address: ClusterAddress): RolloutCluster => {
  const { namespace, signal, callTimeoutMs = 10_000 } = address;
  const config = loadConfig(address);
  const server = config.getCurrentCluster()?.server ?? '';
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);

  /** One call: the request is given up at the deadline, and so is a credential plug-in that hangs before it. */
  const call = async <T>(what: string, send: (options: CallOptions) => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    const deadline = AbortSignal.timeout(callTimeoutMs);
    const ends = signal ? AbortSignal.any([signal, deadline]) : deadline;
    const options: CallOptions = {
      middleware: [
        {
          pre: (request) => {
            request.setSignal(ends);
            return new Observable(Promise.resolve(request));
          },
          post: (response) => new Observable(Promise.resolve(response)),
        },
      ],
      middlewareMergeStrategy: 'append',
    };
    try {
      return await Promise.race([
        send(options),
        new Promise<never>((_, reject) => {
          ends.addEventListener('abort', () => reject(ends.reason), { once: true });
        }),
      ]);
    } catch (problem) {
      signal?.throwIfAborted();
      throw refusalOf(problem, what, server, callTimeoutMs / 1000);
    }
  };
  const ours = { namespace, labelSelector: OURS };
  const readLog = async (which: Omit<CoreV1ApiReadNamespacedPodLogRequest, 'namespace'>): Promise<string[]> => {
    const text = await call(`read the log of ${which.name}`, (options) =>
      core.readNamespacedPodLog({ namespace, ...which }, options),
    );
    return text.split('\n').filter((line) => line !== '');
  };
  const withType = (type: string, options: CallOptions) => setHeaderOptions('Content-Type', type, options);

  return {
    context: config.getCurrentContext(),
    namespace,
    deployments: async () => {
      const { items } = await call('list deployments', (options) => apps.listNamespacedDeployment(ours, options));
      return new Map(items.map((item) => [item.metadata?.name ?? '', item]));
    },
    replicaSets: async () =>
      (await call('list replica sets', (options) => apps.listNamespacedReplicaSet(ours, options))).items,
    pods: async () => (await call('list pods', (options) => core.listNamespacedPod(ours, options))).items,
    configMap: (name) =>
      call(`read ConfigMap ${name}`, (options) => core.readNamespacedConfigMap({ namespace, name }, options)).catch(
        (problem: unknown) => {
          if (problem instanceof ClusterRefused && problem.code === 'cluster.missing') return undefined;
          throw problem;
        },
      ),
    writeConfigMap: async (body) => {
      const name = body.metadata?.name ?? '';
      await call(`write ConfigMap ${name}`, (options) =>
        body.metadata?.resourceVersion === undefined
          ? core.createNamespacedConfigMap({ namespace, body, fieldManager: MANAGER }, options)
          : core.replaceNamespacedConfigMap({ namespace, name, body, fieldManager: MANAGER }, options),
      );
    },
    restoreTemplate: async (name, replicaSet, annotations) => {
      const { template } = await call(`read replica set ${replicaSet}`, async (options) => {
        // As it was sent: the typed answer leaves out fields that are newer than this client.
        let text = '';
        const keepText: ObservableMiddleware = {
          pre: (request) => new Observable(Promise.resolve(request)),
          post: (response) =>
            new Observable(
              response.body.text().then((body) => {
                text = body;
                response.body.text = async () => body;
                return response;
              }),
            ),
        };
        const middleware = [...(options.middleware ?? []), keepText];
        await apps.readNamespacedReplicaSet({ namespace, name: replicaSet }, { ...options, middleware });
        return (JSON.parse(text) as { spec: { template: RawTemplate } }).spec;
      });
      const { 'pod-template-hash': _, ...labels } = template.metadata.labels;
      const body = [
        ...Object.entries(annotations).map(([key, value]) => ({
          op: 'add',
          path: `/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          value,
        })),
        {
          op: 'replace',
          path: '/spec/template',
          value: { ...template, metadata: { ...template.metadata, labels } },
        },
      ];
      await call(`change Deployment ${name}`, (options) =>
        apps.patchNamespacedDeployment(
          { namespace, name, body, fieldManager: MANAGER },
          withType(PatchStrategy.JsonPatch, options),
        ),
      );
    },
    annotateTemplate: async (name, fieldManager, annotations) => {
      const body = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace },
        spec: { template: { metadata: { annotations } } },
      };
      await call(`change Deployment ${name}`, (options) =>
        apps.patchNamespacedDeployment(
          { namespace, name, body, fieldManager, force: true },
          withType(PatchStrategy.ServerSideApply, options),
        ),
      );
    },
    lastLines: (name, container, tailLines, previous) => readLog({ name, container, tailLines, previous }),
    linesSince: (name, container, sinceSeconds) =>
      readLog({ name, container, sinceSeconds, limitBytes: LOG_LIMIT_BYTES }),
  };
};
