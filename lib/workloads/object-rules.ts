/** What must hold for objects before a platform takes them; checked each time they are written. */
import { drainSeconds } from '../../services/kit/manifest.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** CloudFormation hands a manifest and its predecessor to the kubectl provider in one event of at most 256 KB. */
export const largestManifestBytes = 100_000;

const marker = /\$\{Token\[|\$\{stack:/;

const nameOf = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;

/** Where a string may hold a value that only a deployment knows: container environment, image, annotations of the object. */
const mayHoldTokens = (path: string): boolean =>
  /^\.spec\.template\.spec\.containers\.\d+\.(env\.\d+\.value|image)$/.test(path) ||
  /^\.metadata\.annotations\.[^/]/.test(path);

const strings = function* (value: unknown, path: string): Generator<[path: string, text: string]> {
  if (typeof value === 'string') yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield [`${path}.(key)`, key];
    yield* strings(child, `${path}.${key}`);
  }
};

const numbers = function* (value: unknown, path: string): Generator<[path: string, number: number]> {
  if (typeof value === 'number') yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* numbers(child, `${path}.${key}`);
};

const rulesOf = ({ kind, spec }: KubernetesObject): readonly { from?: unknown[]; to?: unknown[] }[] => {
  const { ingress = [], egress = [] } = (kind === 'NetworkPolicy' ? spec : {}) as Record<
    string,
    { from?: unknown[] }[]
  >;
  return [...ingress, ...egress];
};

type Pods = {
  readonly template?: {
    readonly spec?: {
      /** Absent: the 30 of Kubernetes. */
      readonly terminationGracePeriodSeconds?: number;
      readonly containers: readonly {
        readonly lifecycle?: { readonly preStop?: { readonly sleep?: { readonly seconds: number } } };
      }[];
    };
  };
};

/** Refuses pods that are killed in the middle of an orderly stop: the grace period runs from before the preStop sleep. */
const refuseEarlyKill = (object: KubernetesObject): void => {
  if (object.kind !== 'Deployment') return;
  const pod = (object['spec'] as Pods | undefined)?.template?.spec;
  if (!pod) return;
  const grace = pod.terminationGracePeriodSeconds ?? 30;
  const sleep = Math.max(0, ...pod.containers.map(({ lifecycle }) => lifecycle?.preStop?.sleep?.seconds ?? 0));
  if (grace <= sleep + drainSeconds)
    throw new Error(
      `${nameOf(object)}.spec.template.spec.terminationGracePeriodSeconds is ${grace}, but ${sleep} s of preStop and ${drainSeconds} s of drain take longer; raise it above ${sleep + drainSeconds}, or lower preStopSeconds (lib/workloads/deployment.ts) or drainSeconds (services/kit/manifest.ts)`,
    );
};

/** Throws one sentence for the first object that breaks a rule; returns the objects otherwise. */
export const checkedObjects = (objects: KubernetesObject[]): KubernetesObject[] => {
  for (const object of objects) {
    refuseEarlyKill(object);
    for (const [path, text] of strings(object, ''))
      if (marker.test(text) && !mayHoldTokens(path))
        throw new Error(
          `${nameOf(object)}${path} holds a value that only the deployment knows; such values may stand in environment values, images and annotations only`,
        );
    for (const { from, to } of rulesOf(object))
      if (!(from ?? to)?.length)
        throw new Error(
          `${nameOf(object)} has a rule without peers, which admits everybody; name the peers or drop the rule`,
        );
    // A number token is encoded as a huge negative float.
    for (const [path, number] of numbers(object, ''))
      if (!Number.isSafeInteger(number) || number < 0)
        throw new Error(`${nameOf(object)}${path} is ${number}, which is no count; give a literal number, not a token`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(objects));
  if (bytes >= largestManifestBytes)
    throw new Error(
      `the objects of ${objects.map(nameOf)[0]} take ${bytes} bytes, more than the ${largestManifestBytes} that one deployment event carries; split the service`,
    );
  return objects;
};
