import * as z from 'zod';
import { emailSchema } from '../contracts/http/email-address.ts';
import { heldSecret } from '../kit/config/held-secret.ts';
import { commonPasswords } from './domain/common-passwords.ts';

/** The keys that manifest.ts declares under `configuration`. */
export const userConfig = z.object({
  KEY_ENCRYPTION_SECRET: heldSecret,
  MAIL_SEAL_SECRET: z.string().min(32, 'must have at least 32 characters'),
  /** Read by glibc before any of our code runs (mallopt(3)); without it 60 hashes leave 118 MiB with the process. */
  MALLOC_MMAP_THRESHOLD_: z.coerce.number().int().min(131_072),
  STAFF_EMAIL: emailSchema,
  STAFF_PASSWORD: z
    .string()
    .min(12, 'must have at least 12 characters')
    .max(128)
    .refine((password) => !commonPasswords.has(password.toLowerCase()), 'is a password that attackers try first'),
});

export type UserConfig = z.output<typeof userConfig>;
