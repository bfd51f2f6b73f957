/** Whether every pod of a service runs what was asked: image, configuration and versions of secrets. */
import type { V1ConfigMap, V1Pod } from '@kubernetes/client-node';
import { annotationKeys } from '../../names.ts';
import type { RolloutFinding, RolloutFindingCode } from './rollout-finding.ts';
import { annotationOf, digestOf, imageOf, isOfRevision, podsOf, type Revision } from './rollout-workload.ts';

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
  digestOf(status?.containerStatuses?.find(({ name }) => name === service)?.imageID);

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
export const comparePods = (
  revision: Revision,
  all: readonly V1Pod[],
  expectedDigest: string | undefined,
): { report: PodReport; findings: RolloutFinding[] } => {
  const { service } = revision;
  const pods = podsOf(service, all);
  const digest = expectedDigest ?? commonDigest(pods.map((pod) => digestIn(service, pod)));
  const findings = pods.flatMap((pod): RolloutFinding[] => {
    const name = pod.metadata?.name ?? '';
    const found = (code: RolloutFindingCode, what: string, runs: string, asked: string): RolloutFinding => ({
      code,
      service,
      pod: name,
      problem: `pod ${name} runs ${what} ${runs || 'none'}, but ${asked || 'none'} was asked for`,
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
    ).filter(([, , runs, asked]) => runs !== asked);
    return differing.map(([code, what, runs, asked]) => found(code, what, runs, asked));
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
export const compareConfiguration = (
  service: string,
  name: string,
  asked: Readonly<Record<string, string>>,
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
  const keys = [...new Set([...Object.keys(asked), ...Object.keys(held)])].sort();
  const differing = keys.filter((key) => asked[key] !== held[key]);
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
