/** Accounts and sessions: `/auth/*` and `/me`. */
import { z } from 'zod';
import { emailSchema, textSchema, timestampSchema, userIdSchema } from './values.ts';

/** 8 to 128 characters, no composition rules (OWASP ASVS 5.0, 6.2). */
const newPasswordSchema = z.string().min(8).max(128);

export const registerBody = z.strictObject({ email: emailSchema, password: newPasswordSchema, name: textSchema(120) });
export const loginBody = z.strictObject({ email: emailSchema, password: z.string().min(1).max(128) });
export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(512) });
export const updateProfileBody = z
  .strictObject({
    name: textSchema(120).optional(),
    password: newPasswordSchema.optional(),
    currentPassword: z.string().max(128).optional(),
  })
  .refine((body) => body.name !== undefined || body.password !== undefined, 'must change name or password')
  .refine((body) => body.password === undefined || body.currentPassword !== undefined, {
    path: ['currentPassword'],
    message: 'is required to change the password',
  });

export const userSchema = z.strictObject({
  id: userIdSchema,
  email: z.string(),
  name: z.string(),
  roles: z.array(z.enum(['customer', 'staff'])),
  createdAt: timestampSchema,
});

export const tokensSchema = z.strictObject({
  user: userSchema,
  accessToken: z.string(),
  /** Seconds until the access token expires. */
  expiresIn: z.int(),
  refreshToken: z.string(),
});

export type User = z.output<typeof userSchema>;
export type Tokens = z.output<typeof tokensSchema>;
