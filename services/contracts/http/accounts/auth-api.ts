/** Accounts and sessions: `/auth/*` and `/me`. */
import { z } from 'zod';
import { emailSchema } from '../email-address.ts';
import { addressSchema, exampleAddress } from '../postal-address.ts';
import { exampleId, exampleTime, idSchema, pageSchema, textSchema, timestampSchema, userIdSchema } from '../values.ts';

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
    /** Whether to be written to about a cart that waits; a customer has to agree first. */
    cartReminders: z.boolean().optional(),
  })
  .refine(
    ({ name, password, cartReminders }) => [name, password, cartReminders].some((part) => part !== undefined),
    'must change name, password or cartReminders',
  )
  .refine((body) => body.password === undefined || body.currentPassword !== undefined, {
    path: ['currentPassword'],
    message: 'is required to change the password',
  })
  .meta({ example: { name: 'B. Customer' } });

export const addressIdSchema = idSchema('adr');

/** 256 random bits of a mailed link, in base64url. */
const linkToken = 'the-token-of-a-mailed-link-is-43-characters';
export const linkTokenSchema = z
  .string()
  .regex(/^[\w-]{43}$/, 'must be the token of a mailed link')
  .meta({ example: linkToken });

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
  cartReminders: false,
};

export const userSchema = z
  .strictObject({
    id: userIdSchema,
    email: z.string(),
    name: z.string(),
    roles: z.array(z.enum(['customer', 'staff', 'admin'])),
    createdAt: timestampSchema,
    /** Whether the owner of the mailbox has shown that the address is his. */
    emailVerified: z.boolean(),
    /** Whether the customer agreed to be written to about a cart that waits. */
    cartReminders: z.boolean(),
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

/** An address that an account keeps. */
export const savedAddressSchema = z
  .strictObject({
    id: addressIdSchema,
    address: addressSchema,
    isDefault: z.boolean(),
    createdAt: timestampSchema,
  })
  .meta({ example: { id: exampleId('adr'), address: exampleAddress, isDefault: true, createdAt: exampleTime } });
export const savedAddressesSchema = pageSchema(savedAddressSchema);

export const addAddressBody = z
  .strictObject({ address: addressSchema, isDefault: z.boolean().optional() })
  .meta({ example: { address: exampleAddress } });
export const changeAddressBody = z
  .strictObject({
    address: addressSchema.optional(),
    /** Another becomes the default by being made it. */
    isDefault: z.literal(true).optional(),
  })
  .refine((body) => body.address !== undefined || body.isDefault !== undefined, 'must change address or isDefault')
  .meta({ example: { isDefault: true } });

/** The password again: a session that somebody left open must not end an account. */
export const deleteAccountBody = z
  .strictObject({ password: z.string().min(1).max(128) })
  .meta({ example: { password } });

const sessionSchema = z.strictObject({ beganAt: timestampSchema, endsAt: timestampSchema });

/** What the user service keeps about a person, and where the rest is. */
export const ownDataSchema = z
  .strictObject({
    profile: userSchema,
    addresses: z.array(savedAddressSchema),
    sessions: z.array(sessionSchema),
    elsewhere: z.array(z.strictObject({ what: z.string(), door: z.string() })),
  })
  .meta({
    example: {
      profile: exampleUser,
      addresses: [],
      sessions: [{ beganAt: exampleTime, endsAt: exampleTime }],
      elsewhere: [{ what: 'orders', door: '/orders' }],
    },
  });

export type SavedAddress = z.output<typeof savedAddressSchema>;
export type User = z.output<typeof userSchema>;
export type Tokens = z.output<typeof tokensSchema>;
