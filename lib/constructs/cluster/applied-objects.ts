import { RemovalPolicy } from 'aws-cdk-lib';
import { type ICluster, KubernetesManifest } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import { repeatOnRelease } from './release-parameter.ts';

export type AppliedObjectsProps = {
  readonly cluster: ICluster;
  /** Kubernetes objects, in the order in which they are applied. */
  readonly objects: readonly object[];
  /** Whether the objects stay in the cluster when this leaves the template, or is replaced in it. */
  readonly retained: boolean;
  /** Whether an object that leaves the list is deleted from the cluster; default true. */
  readonly prune?: boolean;
};

/**
 * Kubernetes objects that CloudFormation applies, and applies again when it is asked to.
 *
 * Their ids are frozen (docs/stateful-resources.md): under another id CloudFormation applies the objects and then deletes them under the old
 * one. Where that would take a shop off the air they are retained, and a service that is to go is deleted by hand (docs/deploy.md).
 * Source: aws/aws-cdk#33406 and #10397.
 */
export class AppliedObjects extends KubernetesManifest {
  constructor(scope: Construct, id: string, { cluster, objects, retained, prune }: AppliedObjectsProps) {
    super(scope, id, {
      cluster,
      manifest: objects as Record<string, unknown>[],
      overwrite: true,
      removalPolicy: retained ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      prune,
    });
    repeatOnRelease(this);
  }
}
