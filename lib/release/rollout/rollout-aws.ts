/** What AWS says pods are to run: digests of images in the registry, and versions of secrets that are current. */
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import { awsQuestions, withClient } from '../../aws/ask-aws.ts';
import { sentenceOfFailure } from '../../aws/finding.ts';
import type { Environment } from '../../environment/environment.ts';
import { neededSecretNames } from '../../environment/environment-configuration.ts';
import { repositoryName } from '../../names.ts';
import { secretId } from '../../secret-id.ts';
import { callSecretNames, secretOwner } from '../../services.ts';

/** AWS could not be asked; one sentence. */
export class AwsRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AwsRefused';
  }
}

export type CurrentSecret = {
  /** Key under which the service knows it. */
  readonly key: string;
  readonly version: string;
  /** When anything about it changed last. */
  readonly changedAt: Date;
};

const refusing = (what: string, environment: Environment, asked: string) => (problem: unknown) => {
  throw new AwsRefused(
    `AWS in ${environment.region} does not tell ${what} (${sentenceOfFailure(problem, environment, asked)}); sign in to the account of the environment, or leave AWS out with --no-aws`,
    { cause: problem },
  );
};

/** Digest by service of the image that its tag names in the environment's registry. Throws {@link AwsRefused}. */
export const imageDigests = (
  environment: Environment,
  tags: Readonly<Record<string, string>>,
): Promise<Record<string, string>> => {
  const { settings, deadline } = awsQuestions(environment.region);
  return withClient(new ECRClient(settings), async (client) => {
    const digests: Record<string, string> = {};
    for (const [service, imageTag] of Object.entries(tags)) {
      const repository = repositoryName(environment.name, service);
      const { imageDetails = [] } = await client
        .send(new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag }] }), deadline())
        .catch(refusing(`the image ${repository}:${imageTag}`, environment, 'ECR'));
      const digest = imageDetails[0]?.imageDigest;
      if (digest) digests[service] = digest;
    }
    return digests;
  });
};

/** Current version of each secret that each of the cluster's services needs; only names and versions are read, never values. Throws {@link AwsRefused}. */
export const currentSecrets = (
  environment: Environment,
  services: readonly ServiceManifest[],
): Promise<ReadonlyMap<string, readonly CurrentSecret[]>> => {
  const { settings, deadline } = awsQuestions(environment.region);
  return withClient(new SecretsManagerClient(settings), async (client) => {
    const described = new Map<string, Omit<CurrentSecret, 'key'>>();
    const describe = async (id: string) => {
      const known = described.get(id);
      if (known) return known;
      const answer = await client
        .send(new DescribeSecretCommand({ SecretId: id }), deadline())
        .catch(refusing(`the versions of ${id}`, environment, 'Secrets Manager'));
      const [version] =
        Object.entries(answer.VersionIdsToStages ?? {}).find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
      if (version === undefined) throw new AwsRefused(`secret ${id} has no current version; store a value in it`);
      const found = { version, changedAt: answer.LastChangedDate ?? new Date(0) };
      described.set(id, found);
      return found;
    };
    const all = new Map<string, CurrentSecret[]>();
    for (const service of services) {
      const secrets: CurrentSecret[] = [];
      for (const key of [...callSecretNames(service, services), ...neededSecretNames(service, environment)])
        secrets.push({ key, ...(await describe(secretId(environment.name, secretOwner(service, key), key))) });
      all.set(service.name, secrets);
    }
    return all;
  });
};

/** As the pod template's annotation holds them: `KEY=version KEY=version`, sorted. */
export const versionsText = (secrets: readonly CurrentSecret[]): string =>
  secrets
    .map(({ key, version }) => `${key}=${version}`)
    .sort()
    .join(' ');
