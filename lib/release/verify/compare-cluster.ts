/** The part of a verification that the cluster can answer: what its Deployments ask for, and what their pods and ConfigMaps hold. */
import type { V1ConfigMap, V1Pod } from '@kubernetes/client-node';
import { annotationKeys } from '../../names.ts';
import type { Snapshot } from '../rollout/release-history.ts';
import type { RolloutCluster } from '../rollout/rollout-cluster.ts';
import type { RolloutFinding, RolloutFindingCode } from '../rollout/rollout-finding.ts';
import {
  annotationOf,
  currentRevision,
  imageDigestOf,
  imageOf,
  isOfRevision,
  podsOf,
  type Revision,
  tagOf,
} from '../rollout/rollout-workload.ts';
import type { ExpectedWorkload } from './expected-workloads.ts';

export type PodReport = {
  readonly service: string;
  readonly pods: number;
  readonly image: string;
  /** Digest that all pods run; null where the nodes name none. */
  readonly digest: string | null;
  readonly configuration: string;
  readonly revision: number;
};

const digestIn = (service: string, { status }: V1Pod) =>
  imageDigestOf(status?.containerStatuses?.find(({ name }) => name === service)?.imageID);

/** The digest that most pods run: with a tag that never moves all must run the same. */
const commonDigest = (digests: readonly (string | undefined)[]): string | undefined => {
  const counts = new Map<string, number>();
  for (const digest of digests) if (digest) counts.set(digest, (counts.get(digest) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
};

/**
 * Compares the pods of one service with its current revision.
 * @param expectedDigest of the image in the registry; undefined: all pods must run the same
 */
const comparePods = (
  revision: Revision,
  all: readonly V1Pod[],
  expectedDigest: string | undefined,
): { report: PodReport; findings: RolloutFinding[] } => {
  const { service } = revision;
  const pods = podsOf(service, all);
  const digest = expectedDigest ?? commonDigest(pods.map((pod) => digestIn(service, pod)));
  const findings = pods.flatMap((pod): RolloutFinding[] => {
    const name = pod.metadata?.name ?? '';
    const found = (code: RolloutFindingCode, what: string, runs: string, expected: string): RolloutFinding => ({
      code,
      service,
      pod: name,
      problem: `pod ${name} runs ${what} ${runs || 'none'}, but ${expected || 'none'} was asked for`,
    });
    if (!isOfRevision(pod, revision))
      return [
        {
          code: 'pod-outdated',
          service,
          pod: name,
          problem: `pod ${name} is of an earlier revision than ${revision.revision} and still serves`,
        },
      ];
    const differing = (
      [
        ['pod-image-differs', 'image', imageOf(service, pod), revision.image],
        [
          'pod-configuration-differs',
          'configuration',
          annotationOf(pod, annotationKeys.configuration),
          revision.configuration,
        ],
        ['pod-secret-differs', 'secret versions', annotationOf(pod, annotationKeys.secretVersions), revision.secrets],
        ['pod-digest-differs', `${revision.image} as`, digestIn(service, pod) ?? '', digest ?? ''],
      ] as const
    ).filter(([, , runs, expected]) => runs !== expected);
    return differing.map(([code, what, runs, expected]) => found(code, what, runs, expected));
  });
  return {
    report: {
      service,
      pods: pods.length,
      image: revision.image,
      digest: digest ?? null,
      configuration: revision.configuration,
      revision: revision.revision,
    },
    findings,
  };
};

/** Whether the ConfigMap that the pods read still holds what they were made for. */
const compareConfiguration = (
  service: string,
  name: string,
  expected: Readonly<Record<string, string>>,
  map: V1ConfigMap | undefined,
): RolloutFinding[] => {
  if (!map)
    return [
      {
        code: 'configuration-missing',
        service,
        problem: `ConfigMap ${name} of ${service} is gone; its pods could not start again`,
      },
    ];
  const held = map.data ?? {};
  const keys = [...new Set([...Object.keys(expected), ...Object.keys(held)])].sort();
  const differing = keys.filter((key) => expected[key] !== held[key]);
  return differing.length === 0
    ? []
    : [
        {
          code: 'configuration-differs',
          service,
          problem: `ConfigMap ${name} of ${service} holds other values of ${differing.join(', ')} than were asked for`,
        },
      ];
};

const isPlaceholder = (image: string) => image.startsWith(`\${`);
const sameImage = (expected: string, runs: string) =>
  isPlaceholder(expected) ? tagOf(expected) === tagOf(runs) : expected === runs;

/** Whether the Deployments ask for the same as this checkout: else their pods cannot be judged by it. */
export const compareDeployments = (
  { deployments }: Snapshot,
  expected: readonly ExpectedWorkload[],
  environment: string,
  context: string,
): RolloutFinding[] =>
  expected.flatMap(({ service, image, configuration }): RolloutFinding[] => {
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
  { deployments, replicaSets, pods }: Snapshot,
  expected: readonly Pick<ExpectedWorkload, 'service' | 'digest' | 'configMap'>[],
): Promise<{ services: PodReport[]; findings: RolloutFinding[] }> => {
  const services: PodReport[] = [];
  const findings: RolloutFinding[] = [];
  for (const { service, digest, configMap } of expected) {
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
