import type { Construct } from 'constructs';
import { PlatformNetwork } from '../constructs/platform-network.ts';
import type { Environment } from '../environment/environment.ts';
import { PlatformStack } from './platform-stack.ts';

export class NetworkStack extends PlatformStack {
  readonly network: PlatformNetwork;

  constructor(scope: Construct, id: string, { environment }: { readonly environment: Environment }) {
    super(scope, id, { environment, description: 'VPC, subnets, endpoints and flow logs' });
    this.network = new PlatformNetwork(this, 'Network', { name: this.prefix, ...environment.network });
  }
}
