import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { acknowledge } from '../../guards/acknowledge.ts';
import { SERVICE_AUTH_SECRET, secretId } from '../../names.ts';
import { secretKeysOf, secretNames, secretOwner } from '../../services.ts';
import { removalPolicyOf } from '../removal-policy.ts';

export type ServiceSecretsProps = {
  /** Name of the environment. */
  readonly environment: string;
  readonly services: readonly ServiceManifest[];
  readonly key: IKey;
  readonly retained: boolean;
};

/**
 * One secret for each that a manifest declares as its own, and one that services share to sign their calls. Values are made by Secrets
 * Manager; the place of one that another party issues is made empty, an operator puts the value in with
 * `aws secretsmanager put-secret-value`, and no later deployment touches it.
 */
export class ServiceSecrets extends Construct {
  private readonly byService = new Map<string, Map<string, ISecret>>();

  constructor(scope: Construct, id: string, { environment, services, key, retained }: ServiceSecretsProps) {
    super(scope, id);
    acknowledge(
      this,
      'No schedule can rotate what two parties must change together; an operator puts a new value and gives the services new pods without a deployment.',
      'AwsSolutions-SMG4',
    );
    const secret = (constructId: string, service: string, name: string, description: string) =>
      new Secret(this, constructId, {
        secretName: secretId(environment, service, name),
        description,
        encryptionKey: key,
        generateSecretString: { passwordLength: 48, excludePunctuation: true },
        removalPolicy: removalPolicyOf(retained),
      });
    const declared = (service: ServiceManifest, name: string) => {
      const { description = name, issuedBy } = service.configuration[name] ?? {};
      const made = secret(`${service.name}-${name}`, service.name, name, description);
      // The construct has something generated unless it is given a value, which would stand in the template.
      if (issuedBy && made.node.defaultChild instanceof CfnSecret)
        made.node.defaultChild.generateSecretString = undefined;
      return made;
    };
    const auth = secret('ServiceAuth', '', SERVICE_AUTH_SECRET, 'Signs the calls between services.');
    const made = new Map<string, ISecret>();
    for (const service of services)
      for (const key of secretNames(service))
        if (secretOwner(service, key) === service.name)
          made.set(secretId(environment, service.name, key), declared(service, key));
    for (const service of services) {
      const secretOf = (key: string): ISecret => {
        if (key === SERVICE_AUTH_SECRET) return auth;
        const found = made.get(secretId(environment, secretOwner(service, key), key));
        if (!found) throw new Error(`${key} of "${service.name}" has no owner; pass its manifest to ServiceSecrets`);
        return found;
      };
      this.byService.set(service.name, new Map(secretKeysOf(service).map((key) => [key, secretOf(key)])));
    }
  }

  /** Secrets that a service may read, by the key that it knows them under. */
  of({ name }: ServiceManifest): ReadonlyMap<string, ISecret> {
    const secrets = this.byService.get(name);
    if (!secrets) throw new Error(`no secrets were made for service "${name}"; pass its manifest to ServiceSecrets`);
    return secrets;
  }
}
