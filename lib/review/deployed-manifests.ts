/** The Kubernetes objects inside the templates of one environment: exactly what a deployment would apply. */
import type { KubernetesObject } from '../workloads/kubernetes-object.ts';
import { objectFiles } from '../workloads/manifest-files.ts';
import type { RawTemplate } from './side.ts';

export type ManifestResource = {
  readonly Type?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, string>>;
};

/** What the CDK writes for a `KubernetesManifest`. */
export const manifestType = 'Custom::AWSCDK-EKS-KubernetesResource';

export const isManifest = (resource: ManifestResource | undefined): resource is ManifestResource =>
  resource?.Type === manifestType;

/** Id of the construct in its stack, which for a service is the service's name. */
export const constructIdOf = ({ Metadata }: ManifestResource): string =>
  Metadata?.['aws:cdk:path']?.split('/').at(-3) ?? 'unnamed';

type Intrinsic = {
  readonly Ref?: string;
  readonly 'Fn::GetStackOutput'?: { readonly StackName: string; readonly OutputName: string };
};

/** Stands for a value that only a deployment knows; safe inside JSON text. */
const placeholderOf = (intrinsic: Intrinsic): string => {
  const output = intrinsic['Fn::GetStackOutput'];
  const text = intrinsic.Ref ?? (output ? `${output.StackName}.${output.OutputName}` : JSON.stringify(intrinsic));
  return `\${${text.replaceAll(/["\\{}]/g, '')}}`;
};

const manifestText = (manifest: unknown): string => {
  if (typeof manifest === 'string') return manifest;
  const pieces = (manifest as { 'Fn::Join'?: [string, (string | Intrinsic)[]] } | undefined)?.['Fn::Join']?.[1] ?? [
    '[]',
  ];
  return pieces.map((piece) => (typeof piece === 'string' ? piece : placeholderOf(piece))).join('');
};

/** Without the label by which the CDK finds what it applied; its value says nothing. */
const withoutPruneLabel = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: Object.fromEntries(
      Object.entries(object.metadata.labels ?? {}).filter(([key]) => !key.startsWith('aws.cdk.eks/')),
    ),
  },
});

/** YAML of every object by path, `<service>/<kind>.yaml`. */
export const deployedManifests = (templates: ReadonlyMap<string, RawTemplate>): ReadonlyMap<string, string> =>
  new Map(
    [...templates.values()]
      .flatMap(({ Resources }) => Object.values((Resources ?? {}) as Record<string, ManifestResource>))
      .filter(isManifest)
      .flatMap((resource) => {
        const objects = JSON.parse(manifestText(resource.Properties?.['Manifest'])) as KubernetesObject[];
        return objectFiles(constructIdOf(resource), objects.map(withoutPruneLabel));
      }),
  );
