import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretStage, SecretVersion } from './load-secret.ts';

const stageNames: Readonly<Record<SecretStage, string>> = { current: 'AWSCURRENT', previous: 'AWSPREVIOUS' };

/** Reads a secret in the region and with the role of the process; 5 s at most, two tries. */
export const readSecret = async (id: string, which: SecretStage | SecretVersion): Promise<string> => {
  const client = new SecretsManagerClient({ maxAttempts: 2 });
  try {
    const chosen = typeof which === 'string' ? { VersionStage: stageNames[which] } : { VersionId: which.version };
    const command = new GetSecretValueCommand({ SecretId: id, ...chosen });
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(5_000) });
    return answer.SecretString ?? '';
  } finally {
    client.destroy();
  }
};
