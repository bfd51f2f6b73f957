import * as z from 'zod';
import { emailSchema } from '../contracts/http/values.ts';
import { commonPasswords } from './domain/common-passwords.ts';

/** The keys that manifest.ts declares under `configuration`. */
export const configSchema = z.object({
  KEY_ENCRYPTION_SECRET: z.string().min(32, 'must have at least 32 characters'),
  STAFF_EMAIL: emailSchema,
  STAFF_PASSWORD: z
    .string()
    .min(12, 'must have at least 12 characters')
    .max(128)
    .refine((password) => !commonPasswords.has(password.toLowerCase()), 'is a password that attackers try first'),
});

export type UserConfig = z.output<typeof configSchema>;
