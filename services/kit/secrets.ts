/** The value that counts now, or the one that counted until the last rotation. */
export type SecretStage = 'current' | 'previous';

/** One version of a secret, by the id that Secrets Manager gave it. */
export type SecretVersion = { readonly version: string };

/** Reads a secret by its name or ARN; stage `current` unless said. */
export type LoadSecret = (id: string, which?: SecretStage | SecretVersion) => Promise<string>;

const stageNames: Readonly<Record<SecretStage, string>> = { current: 'AWSCURRENT', previous: 'AWSPREVIOUS' };

/** From AWS Secrets Manager, in the region and with the role of the process; 5 s at most, two tries. */
export const loadSecretFromAws: LoadSecret = async (id, which = 'current') => {
  // Loaded only where a secret id is set: the SDK would otherwise cost every local process its memory.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
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
