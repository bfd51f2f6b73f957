/** Which properties of a resource are settled with its creation: another value takes another resource. */
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

/**
 * Parts of properties that only a new resource can take. The library knows whole properties only, and calls such a change harmless.
 * Source: `createOnlyProperties` in the schemas of these types, CloudFormation registry.
 */
const settledParts: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    'AWS::EKS::Cluster': [
      'AccessConfig.BootstrapClusterCreatorAdminPermissions',
      'KubernetesNetworkConfig.IpFamily',
      'KubernetesNetworkConfig.ServiceIpv4Cidr',
    ],
    'AWS::MSK::Cluster': [
      'BrokerNodeGroupInfo.BrokerAZDistribution',
      'BrokerNodeGroupInfo.ClientSubnets',
      'BrokerNodeGroupInfo.SecurityGroups',
      'EncryptionInfo.EncryptionAtRest',
      'EncryptionInfo.EncryptionInTransit.InCluster',
    ],
  }),
);

/**
 * Properties of Kubernetes objects' custom resources that name who applies them, and where. A change is refused by CloudFormation
 * ("Modifying service token is not allowed"), or applies the objects and then deletes them; it is never what somebody wants by the way.
 */
const applierParts = ['ServiceToken', 'ClusterName'];

/** Paths of properties, parts joined by dots, that the library does not know to be settled. */
export const settledPartsOf = (resourceType: string): readonly string[] =>
  resourceType.startsWith('Custom::AWSCDK-EKS-') ? applierParts : (settledParts.get(resourceType) ?? []);

let loaded: ReturnType<typeof loadAwsServiceSpecSync> | undefined;

/** Paths of everything that is settled, or may be, with the creation of a resource of a type; none for a type that AWS does not publish. */
export const settledPropertiesOf = (resourceType: string): readonly string[] => {
  loaded ??= loadAwsServiceSpecSync();
  const whole = loaded
    .lookup('resource', 'cloudFormationType', 'equals', resourceType)
    .flatMap(({ properties }) => Object.entries(properties))
    .filter(([, { causesReplacement = 'no' }]) => causesReplacement !== 'no')
    .map(([property]) => property);
  return [...whole, ...settledPartsOf(resourceType)];
};
