import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { PlatformNetwork } from '../constructs/platform-network.ts';
import { ValkeyCache } from '../constructs/stores/valkey-cache.ts';
import type { Environment } from '../environment/environment.ts';
import { cacheUser } from '../names.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

export type CacheStackProps = {
  readonly environment: Environment;
  readonly network: PlatformNetwork;
  /** What connects from the cluster. */
  readonly pods: IConnectable;
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

export class CacheStack extends PlatformStack {
  readonly cache: ValkeyCache;

  constructor(scope: Construct, id: string, { environment, pods, ...props }: CacheStackProps) {
    super(scope, id, { environment, description: 'Valkey for values that may vanish' });
    this.cache = new ValkeyCache(this, 'Cache', {
      name: this.prefix,
      userName: cacheUser(environment.name),
      ...props,
      ...environment.cache,
    });
    this.cache.admit(pods, 'pods');
    this.publish(outputNames.cacheAddress, this.cache.address);
  }
}
