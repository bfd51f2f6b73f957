import type { CfnResource } from 'aws-cdk-lib';
import { Addon, type AddonProps } from 'aws-cdk-lib/aws-eks-v2';
import type { Construct } from 'constructs';
import type { Environment } from '../../environment/environment.ts';

export type PinnedAddonProps = AddonProps & {
  /** Version by the name of each add-on; one without stays at the newest of its first creation. */
  readonly versions: Environment['cluster']['addOnVersions'];
};

/** An add-on of EKS at the version that its environment names. What somebody changed of it by hand goes with the next version. */
export class PinnedAddon extends Addon {
  constructor(scope: Construct, id: string, { versions, ...props }: PinnedAddonProps) {
    const addonVersion = versions[props.addonName];
    super(scope, id, { ...props, addonVersion });
    (this.node.defaultChild as CfnResource).addPropertyOverride('ResolveConflicts', 'OVERWRITE');
  }
}
