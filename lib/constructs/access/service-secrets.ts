import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { isCallSecretName } from '../../../services/kit/call-secret.ts';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { secretKeysOf } from '../../environment/environment-configuration.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { secretId } from '../../secret-id.ts';
import { secretOwner } from '../../services.ts';
import { removalPolicyOf } from '../removal-policy.ts';

export type ServiceSecretsProps = {
  readonly environment: Environment;
  readonly services: readonly ServiceManifest[];
  readonly key: IKey;
};

/**
 * One secret for each that a manifest declares as its own, and one for each caller and callee of a gRPC door. Values are made by Secrets
 * Manager; the place of one that another party issues is made empty, an operator puts the value in with
 * `aws secretsmanager put-secret-value`, and no later deployment touches it.
 */
export class ServiceSecrets extends Construct {
  private readonly byService = new Map<string, Map<string, ISecret>>();

  constructor(scope: Construct, id: string, { environment, services, key: encryptionKey }: ServiceSecretsProps) {
    super(scope, id);
    acknowledge(
      this,
      'No schedule can rotate what two parties must change together; an operator puts a new value and gives the services new pods without a deployment.',
      'AwsSolutions-SMG4',
    );
    const secret = (constructId: string, secretName: string, description: string) =>
      new Secret(this, constructId, {
        secretName,
        description,
        encryptionKey,
        generateSecretString: { passwordLength: 48, excludePunctuation: true },
        removalPolicy: removalPolicyOf(environment.protected),
      });
    const declared = (service: ServiceManifest, key: string, name: string) => {
      const { description = key, issuedBy } = service.configuration[key] ?? {};
      const made = secret(`${service.name}-${key}`, name, description);
      // The construct has something generated unless it is given a value, which would stand in the template.
      if (issuedBy && made.node.defaultChild instanceof CfnSecret)
        made.node.defaultChild.generateSecretString = undefined;
      return made;
    };
    const made = new Map<string, ISecret>();
    const keysOf = (service: ServiceManifest) =>
      secretKeysOf(service, services, environment).map((key) => ({
        key,
        owner: secretOwner(service, key),
        name: secretId(environment.name, secretOwner(service, key), key),
      }));
    for (const service of services)
      for (const { key, owner, name } of keysOf(service)) {
        if (made.has(name)) continue;
        if (isCallSecretName(key)) made.set(name, secret(key, name, 'Signs the calls of one service to another.'));
        else if (owner === service.name) made.set(name, declared(service, key, name));
      }
    for (const service of services) {
      const secretOf = (key: string, name: string): ISecret => {
        const found = made.get(name);
        if (!found) throw new Error(`${key} of "${service.name}" has no owner; pass its manifest to ServiceSecrets`);
        return found;
      };
      this.byService.set(service.name, new Map(keysOf(service).map(({ key, name }) => [key, secretOf(key, name)])));
    }
  }

  /** Secrets that a service may read, by the key that it knows them under. */
  of({ name }: ServiceManifest): ReadonlyMap<string, ISecret> {
    const secrets = this.byService.get(name);
    if (!secrets) throw new Error(`no secrets were made for service "${name}"; pass its manifest to ServiceSecrets`);
    return secrets;
  }
}
