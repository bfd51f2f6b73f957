/** Reads the current value of a secret by its name or ARN. */
export type LoadSecret = (id: string) => Promise<string>;

/** From AWS Secrets Manager, in the region and with the role of the process; 5 s at most, two tries. */
export const loadSecretFromAws: LoadSecret = async (id) => {
  // Loaded only where a secret id is set: the SDK would otherwise cost every local process its memory.
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const client = new SecretsManagerClient({ maxAttempts: 2 });
  try {
    const answer = await client.send(new GetSecretValueCommand({ SecretId: id }), {
      abortSignal: AbortSignal.timeout(5_000),
    });
    return answer.SecretString ?? '';
  } finally {
    client.destroy();
  }
};
