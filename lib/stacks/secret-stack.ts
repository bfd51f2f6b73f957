import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ServiceManifest } from '../../services/kit/manifest.ts';
import { ServiceSecrets } from '../constructs/access/service-secrets.ts';
import type { Environment } from '../environment/environment.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { secretOwner } from '../services.ts';
import { PlatformStack } from './platform-stack.ts';

export type SecretStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly key: IKey;
};

export class SecretStack extends PlatformStack {
  readonly secrets: ServiceSecrets;

  constructor(scope: Construct, id: string, { environment, services, key }: SecretStackProps) {
    super(scope, id, { environment, description: 'Secrets of the services' });
    this.secrets = new ServiceSecrets(this, 'Secrets', {
      environment,
      services,
      key,
    });
    const published = new Set<string>();
    for (const service of services)
      for (const [key, { secretArn }] of this.secrets.of(service)) {
        const name = outputNames.secret(secretOwner(service, key), key);
        if (!published.has(name)) this.publish(name, secretArn);
        published.add(name);
      }
  }
}
