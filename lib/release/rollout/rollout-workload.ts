/** What a Deployment, its revisions and its pods say about themselves: pure readings of what the API server answered. */
import type { V1Deployment, V1Pod, V1PodTemplateSpec, V1ReplicaSet } from '@kubernetes/client-node';
import { annotationKeys, labelKeys } from '../../names.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const TEMPLATE_HASH = 'pod-template-hash';

/** One pod template that a Deployment has or had. */
export type Revision = {
  readonly service: string;
  /** Counts up; a revision that is rolled back to gets the next number. */
  readonly revision: number;
  /** Numbers that it had before. */
  readonly earlier: readonly number[];
  /** Name of its replica set. */
  readonly replicaSet: string;
  /** Content of the template in Kubernetes' own short form; the same content has the same hash. */
  readonly hash: string;
  readonly image: string;
  readonly configuration: string;
  readonly secrets: string;
  readonly createdAt: string;
};

/** Tag of an image reference, or its digest where it has no tag. */
export const tagOf = (image: string): string => /(?:@sha256:|:)([^/:@]+)$/.exec(image)?.[1] ?? image;

/** Digest at the end of an image id such as `registry/name@sha256:...`. */
export const imageDigestOf = (imageId: string | undefined): string | undefined =>
  /sha256:[0-9a-f]{64}$/.exec(imageId ?? '')?.[0];

export const annotationOf = (
  object: { metadata?: { annotations?: Record<string, string> } } | undefined,
  name: string,
): string => object?.metadata?.annotations?.[name] ?? '';

/** Image of the container that carries the service's name; injected sidecars have others. */
export const imageOf = (service: string, template: V1PodTemplateSpec | V1Pod | undefined): string => {
  const containers = template?.spec?.containers ?? [];
  return (containers.find(({ name }) => name === service) ?? containers[0])?.image ?? '';
};

const isOwnedBy = ({ metadata }: V1ReplicaSet | V1Pod, uid: string | undefined) =>
  metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;

/** Revisions of a Deployment that the cluster still holds, the newest first. */
export const revisionsOf = (deployment: V1Deployment, replicaSets: readonly V1ReplicaSet[]): Revision[] =>
  replicaSets
    .filter((set) => isOwnedBy(set, deployment.metadata?.uid))
    .map((set) => {
      const service = deployment.metadata?.name ?? '';
      const template = set.spec?.template;
      return {
        service,
        revision: Number(annotationOf(set, REVISION)),
        earlier: annotationOf(set, REVISION_HISTORY).split(',').filter(Boolean).map(Number),
        replicaSet: set.metadata?.name ?? '',
        hash: set.metadata?.labels?.[TEMPLATE_HASH] ?? '',
        image: imageOf(service, template),
        configuration: annotationOf(template, annotationKeys.configuration),
        secrets: annotationOf(template, annotationKeys.secretVersions),
        createdAt: set.metadata?.creationTimestamp?.toISOString() ?? '',
      };
    })
    .sort((one, other) => other.revision - one.revision);

/** The revision that the Deployment asks for; undefined until its controller has seen the last change. */
export const currentRevision = (
  deployment: V1Deployment,
  replicaSets: readonly V1ReplicaSet[],
): Revision | undefined => {
  if ((deployment.status?.observedGeneration ?? 0) < (deployment.metadata?.generation ?? 0)) return undefined;
  const number = Number(annotationOf(deployment, REVISION));
  return revisionsOf(deployment, replicaSets).find(({ revision }) => revision === number);
};

/** Pods of a service that are not already being deleted. */
export const podsOf = (service: string, pods: readonly V1Pod[]): V1Pod[] =>
  pods.filter(
    ({ metadata }) => metadata?.labels?.[labelKeys.service] === service && metadata.deletionTimestamp === undefined,
  );

export const isOfRevision = ({ metadata }: V1Pod, { hash }: Revision): boolean =>
  metadata?.labels?.[TEMPLATE_HASH] === hash;

export const isReady = ({ status }: V1Pod): boolean =>
  status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false;

export type RolloutState = {
  readonly state: 'done' | 'moving' | 'stuck';
  /** What a progress line shows. */
  readonly sentence: string;
};

/** How far a Deployment is, by the same conditions as `kubectl rollout status`. */
export const rolloutState = ({ metadata, spec, status }: V1Deployment): RolloutState => {
  if ((status?.observedGeneration ?? 0) < (metadata?.generation ?? 0))
    return { state: 'moving', sentence: 'waits for the controller to see it' };
  const { updatedReplicas: updated = 0, replicas = 0, availableReplicas: available = 0 } = status ?? {};
  const wanted = spec?.replicas ?? 1;
  const failed = status?.conditions?.find(
    ({ type, status: value, reason }) =>
      type === 'Progressing' && value === 'False' && reason === 'ProgressDeadlineExceeded',
  );
  const count = `${updated} of ${wanted} pods are new, ${available} of ${replicas} are available`;
  if (failed) return { state: 'stuck', sentence: `${count}, and nothing moved within its progress deadline` };
  const isDone = updated === wanted && replicas === updated && available >= wanted;
  return { state: isDone ? 'done' : 'moving', sentence: isDone ? `${available} pods are available` : count };
};
