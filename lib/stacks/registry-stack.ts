import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { runsInCluster, type ServiceManifest } from '../../services/kit/manifest.ts';
import { ImageRepository } from '../constructs/image-repository.ts';
import type { Environment } from '../environment/environment.ts';
import { repositoryName } from '../names.ts';
import { outputNames } from '../outputs/stack-outputs.ts';
import { PlatformStack } from './platform-stack.ts';

export type RegistryStackProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly key: IKey;
};

export class RegistryStack extends PlatformStack {
  constructor(scope: Construct, id: string, { environment, services, key }: RegistryStackProps) {
    super(scope, id, { environment, description: 'An image repository per service' });
    for (const { name } of services.filter(runsInCluster)) {
      const repository = repositoryName(environment.name, name);
      new ImageRepository(this, name, {
        repositoryName: repository,
        key,
        keepImages: environment.registry.keepImages,
        retained: environment.protected,
      });
      // Spelled out: the attribute would be cut out of an ARN, which CloudFormation does not promise to do with the output of another stack.
      const uri = `${this.account}.dkr.ecr.${this.region}.${this.urlSuffix}/${repository}`;
      this.publish(outputNames.repository(name), uri);
    }
  }
}
