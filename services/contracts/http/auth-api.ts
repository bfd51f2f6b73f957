/** Accounts and sessions: `/auth/*` and `/me`. */
import { z } from 'zod';
import { emailSchema } from './email-address.ts';
import { exampleId, exampleTime, textSchema, timestampSchema, userIdSchema } from './values.ts';

/** 8 to 128 characters, no composition rules (OWASP ASVS 5.0, 6.2). */
const newPasswordSchema = z.string().min(8).max(128);

const email = 'customer@example.com';
const password = 'a long password';
const name = 'A. Customer';
const refreshToken = 'the-refresh-token-of-the-last-answer';

export const registerBody = z
  .strictObject({ email: emailSchema, password: newPasswordSchema, name: textSchema(120) })
  .meta({ example: { email, password, name } });
export const loginBody = z
  .strictObject({ email: emailSchema, password: z.string().min(1).max(128) })
  .meta({ example: { email, password } });
export const refreshBody = z
  .strictObject({ refreshToken: z.string().min(1).max(512) })
  .meta({ example: { refreshToken } });
/** Signing out needs no body beside an access token. */
export const logoutBody = refreshBody.partial().nullish().meta({ example: { refreshToken } });
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
  })
  .meta({ example: { name: 'B. Customer' } });

/** 256 random bits of a mailed link, in base64url. */
const linkTokenSchema = z.string().regex(/^[\w-]{43}$/, 'must be the token of a mailed link');
const linkToken = 'the-token-of-a-mailed-link-is-43-characters';

export const verifyBody = z.strictObject({ token: linkTokenSchema }).meta({ example: { token: linkToken } });
export const requestResetBody = z.strictObject({ email: emailSchema }).meta({ example: { email } });
export const resetBody = z
  .strictObject({ token: linkTokenSchema, password: newPasswordSchema })
  .meta({ example: { token: linkToken, password } });

const exampleUser = {
  id: exampleId('usr'),
  email,
  name,
  roles: ['customer'],
  createdAt: exampleTime,
  emailVerified: true,
};

export const userSchema = z
  .strictObject({
    id: userIdSchema,
    email: z.string(),
    name: z.string(),
    roles: z.array(z.enum(['customer', 'staff'])),
    createdAt: timestampSchema,
    /** Whether the owner of the mailbox has shown that the address is his. */
    emailVerified: z.boolean(),
  })
  .meta({ example: exampleUser });

export const tokensSchema = z
  .strictObject({
    user: userSchema,
    accessToken: z.string(),
    /** Seconds until the access token expires. */
    expiresIn: z.int(),
    refreshToken: z.string(),
  })
  .meta({
    example: { user: exampleUser, accessToken: 'header.claims.signature', expiresIn: 600, refreshToken },
  });

export type User = z.output<typeof userSchema>;
export type Tokens = z.output<typeof tokensSchema>;
