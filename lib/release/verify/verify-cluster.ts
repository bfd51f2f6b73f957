/** The part of a verification that the cluster can answer: what its Deployments ask for, and what their pods run. */
import { annotationKeys } from '../../names.ts';
import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import { diagnose } from '../rollout/rollout-diagnosis.ts';
import type { RolloutFinding } from '../rollout/rollout-finding.ts';
import { compareConfiguration, comparePods, type PodReport } from '../rollout/rollout-pods.ts';
import type { Seen } from '../rollout/rollout-wait.ts';
import { annotationOf, currentRevision, imageOf, tagOf } from '../rollout/rollout-workload.ts';

/** What one service is to run. */
export type AskedWorkload = {
  readonly service: string;
  /** Image reference; only its tag counts where the repository is not known yet. */
  readonly image: string;
  /** Digest of that image in the registry; undefined: all pods must run the same. */
  readonly digest?: string | undefined;
  readonly configuration: string;
  readonly configMap?: { readonly name: string; readonly data: Readonly<Record<string, string>> };
};

const isPlaceholder = (image: string) => image.startsWith(`\${`);
const sameImage = (asked: string, runs: string) =>
  isPlaceholder(asked) ? tagOf(asked) === tagOf(runs) : asked === runs;

/** Whether the Deployments ask for the same as this checkout: else their pods cannot be judged by it. */
export const compareDeployments = (
  { deployments }: Seen,
  asked: readonly AskedWorkload[],
  environment: string,
  context: string,
): RolloutFinding[] =>
  asked.flatMap(({ service, image, configuration }): RolloutFinding[] => {
    const deployment = deployments.get(service);
    if (!deployment)
      return [
        {
          code: 'deployment-missing',
          service,
          problem: `context ${context} has no Deployment ${service}; deploy ${environment} first, or choose another --context`,
        },
      ];
    const labelled = deployment.metadata?.labels?.['environment'];
    if (labelled !== environment)
      return [
        {
          code: 'environment-differs',
          service,
          problem: `context ${context} runs ${labelled ?? 'an unnamed environment'}, not ${environment}; choose another --context or --environment`,
        },
      ];
    const template = deployment.spec?.template;
    const differing = [
      ...(sameImage(image, imageOf(service, template))
        ? []
        : [`image ${tagOf(imageOf(service, template))} and not ${tagOf(image)}`]),
      ...(annotationOf(template, annotationKeys.configuration) === configuration
        ? []
        : [`configuration ${annotationOf(template, annotationKeys.configuration) || 'none'} and not ${configuration}`]),
    ];
    return differing.length === 0
      ? []
      : [
          {
            code: 'deployment-differs',
            service,
            problem: `Deployment ${service} asks for ${differing.join(', ')}; deploy this checkout, or verify from the one that was deployed`,
          },
        ];
  });

/** Pods and ConfigMaps of services whose roll-outs have ended. */
export const compareServices = async (
  cluster: RolloutCluster,
  { deployments, replicaSets, pods }: Seen,
  asked: readonly Pick<AskedWorkload, 'service' | 'digest' | 'configMap'>[],
): Promise<{ services: PodReport[]; findings: RolloutFinding[] }> => {
  const services: PodReport[] = [];
  const findings: RolloutFinding[] = [];
  for (const { service, digest, configMap } of asked) {
    const deployment = deployments.get(service);
    const revision = deployment && currentRevision(deployment, replicaSets);
    if (!revision) continue;
    const compared = comparePods(revision, pods, digest);
    services.push(compared.report);
    findings.push(...compared.findings);
    if (configMap)
      findings.push(
        ...compareConfiguration(service, configMap.name, configMap.data, await cluster.configMap(configMap.name)),
      );
  }
  return { services, findings };
};

/** Why each stuck service is stuck: its pod, the reason, the last lines of its log. */
export const explainStuck = (
  cluster: RolloutCluster,
  { deployments, replicaSets, pods }: Seen,
  stuck: ReadonlyMap<string, string>,
): Promise<RolloutFinding[]> =>
  Promise.all(
    [...stuck].map(async ([service, howFar]): Promise<RolloutFinding> => {
      const deployment = deployments.get(service);
      if (!deployment) return { code: 'rollout-stuck', service, problem: `${service}: ${howFar}` };
      const { pod, reason, log } = await diagnose(cluster, deployment, currentRevision(deployment, replicaSets), pods);
      return {
        code: 'rollout-stuck',
        service,
        ...(pod !== undefined && { pod }),
        problem: `${service} did not roll out (${howFar}): ${pod === undefined ? '' : `pod ${pod}: `}${reason}`,
        log,
      };
    }),
  );
