import * as z from 'zod';

/** A secret as a process holds it whose manifest says that the value of before a rotation counts too. */
export type HeldSecret = {
  /** The newest: signs and seals. */
  readonly secret: string;
  /** What signed and sealed before the last rotation. Absent: nothing did, or it shall not count any more. */
  readonly previousSecret?: string | undefined;
  /** Where the secret comes from in Secrets Manager; absent when it was given as it is. */
  readonly secretId?: string | undefined;
};

/** Schema in config.ts of a secret with `acceptsPrevious` in manifest.ts. */
export const heldSecret = z.object({
  secret: z.string().min(32, 'must have at least 32 characters'),
  previousSecret: z.string().optional(),
  secretId: z.string().optional(),
});

/** Variable of the value before, where secrets are given as they are; Secrets Manager keeps that one itself. */
export const previousSecretName = (key: string): string => `${key}_PREVIOUS`;

/** The values that count, the newest first. */
export const valuesOf = ({ secret, previousSecret }: HeldSecret): readonly string[] =>
  previousSecret === undefined ? [secret] : [secret, previousSecret];
