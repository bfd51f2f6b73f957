/** What AWS says pods are to run: digests of images in the registry, and versions of secrets that are current. */
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ServiceManifest } from '../../../services/kit/manifest.ts';
import type { Environment } from '../../environment/environment.ts';
import { repositoryName, secretId } from '../../names.ts';
import { secretKeysOf } from '../../services.ts';

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

const CALL_MS = 5_000;
const handler = { connectionTimeout: 3_000, requestTimeout: CALL_MS, throwOnRequestTimeout: true };

const ask = async <T>(what: string, region: string, send: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  try {
    return await send(AbortSignal.timeout(3 * CALL_MS));
  } catch (problem) {
    const { name, message } = problem as Error;
    throw new AwsRefused(
      `AWS in ${region} does not tell ${what} (${name}: ${message.replaceAll(/\s+/g, ' ')}); sign in to the account of the environment, or leave AWS out with --no-aws`,
      { cause: problem },
    );
  }
};

/** Digest by service of the image that its tag names in the environment's registry. Throws {@link AwsRefused}. */
export const imageDigests = async (
  { name, region }: Environment,
  tags: Readonly<Record<string, string>>,
): Promise<Record<string, string>> => {
  const client = new ECRClient({ region, maxAttempts: 3, requestHandler: handler });
  try {
    const digests: Record<string, string> = {};
    for (const [service, imageTag] of Object.entries(tags)) {
      const repository = repositoryName(name, service);
      const command = new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag }] });
      const { imageDetails = [] } = await ask(`the image ${repository}:${imageTag}`, region, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      const digest = imageDetails[0]?.imageDigest;
      if (digest) digests[service] = digest;
    }
    return digests;
  } finally {
    client.destroy();
  }
};

/** Current version of each secret of each service; only names and versions are read, never values. Throws {@link AwsRefused}. */
export const currentSecrets = async (
  { name, region }: Environment,
  services: readonly ServiceManifest[],
): Promise<ReadonlyMap<string, readonly CurrentSecret[]>> => {
  const client = new SecretsManagerClient({ region, maxAttempts: 3, requestHandler: handler });
  const described = new Map<string, Omit<CurrentSecret, 'key'>>();
  const describe = async (id: string) => {
    const known = described.get(id);
    if (known) return known;
    const answer = await ask(`the versions of ${id}`, region, (abortSignal) =>
      client.send(new DescribeSecretCommand({ SecretId: id }), { abortSignal }),
    );
    const [version] =
      Object.entries(answer.VersionIdsToStages ?? {}).find(([, stages]) => stages.includes('AWSCURRENT')) ?? [];
    if (version === undefined) throw new AwsRefused(`secret ${id} has no current version; store a value in it`);
    const found = { version, changedAt: answer.LastChangedDate ?? new Date(0) };
    described.set(id, found);
    return found;
  };
  try {
    const all = new Map<string, CurrentSecret[]>();
    for (const service of services) {
      const secrets: CurrentSecret[] = [];
      for (const key of secretKeysOf(service))
        secrets.push({ key, ...(await describe(secretId(name, service.name, key))) });
      all.set(service.name, secrets);
    }
    return all;
  } finally {
    client.destroy();
  }
};

/** As the pod template's annotation holds them: `KEY=version KEY=version`, sorted. */
export const versionsText = (secrets: readonly CurrentSecret[]): string =>
  secrets
    .map(({ key, version }) => `${key}=${version}`)
    .sort()
    .join(' ');
