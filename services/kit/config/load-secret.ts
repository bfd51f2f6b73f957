/** The value that counts now, or the one that counted until the last rotation. */
export type SecretStage = 'current' | 'previous';

/** One version of a secret, by the id that Secrets Manager gave it. */
export type SecretVersion = { readonly version: string };

/** Reads a secret by its name or ARN; stage `current` unless said. */
export type LoadSecret = (id: string, which?: SecretStage | SecretVersion) => Promise<string>;

/** From AWS Secrets Manager; see `readSecret`. Its client would otherwise cost every local process its memory. */
export const loadSecretFromAws: LoadSecret = async (id, which = 'current') =>
  (await import('./aws-secret.ts')).readSecret(id, which);
