import type { IConnectable } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { cacheRights, usesCache } from '../../services/kit/cache-rights.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import type { AlertTopics } from '../constructs/owned-alarm.ts';
import type { PlatformNetwork } from '../constructs/platform-network.ts';
import { ValkeyCache } from '../constructs/stores/valkey-cache.ts';
import type { Environment } from '../environment/environment.ts';
import { cacheUser } from '../names.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

export type CacheStackProps = {
  readonly environment: Environment;
  /** Each of them that uses the cache has a user of its own. */
  readonly services: readonly ServiceManifest[];
  readonly network: PlatformNetwork;
  /** What connects from the cluster. */
  readonly pods: IConnectable;
  readonly key: IKey;
  readonly alerts: AlertTopics;
};

export class CacheStack extends PlatformStack {
  readonly cache: ValkeyCache;

  constructor(scope: Construct, id: string, { environment, services, pods, ...props }: CacheStackProps) {
    super(scope, id, { environment, description: 'Valkey for values that may vanish' });
    this.cache = new ValkeyCache(this, 'Cache', {
      name: this.prefix,
      users: services.filter(usesCache).map((service) => ({
        service: service.name,
        name: cacheUser(environment.name, service.name),
        rights: cacheRights(service),
      })),
      ...props,
      ...environment.cache,
    });
    this.cache.admit(pods, 'pods');
    this.publish(outputNames.cacheAddress, this.cache.address);
  }
}
