import {
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { isId } from '../values/identifiers.ts';
import { Refusal } from '../values/refusal.ts';
import type { Customer, Role } from './caller.ts';
import { clockToleranceSeconds } from './clock-tolerance.ts';

/** Issuer and audience of every access token, and the algorithms that its keys use. */
export const accessTokenRules = {
  issuer: 'cloudmart',
  audience: 'cloudmart-api',
  typ: 'at+jwt',
  algorithms: ['EdDSA', 'ES256'],
} as const;

/**
 * Turns an access token into its customer. Throws Refusal `token.expired` (unauthenticated) for a token whose time is over,
 * `token.invalid` (forbidden) for one that must not be trusted, and `user.unavailable` when the keys cannot be read.
 */
export type TokenVerifier = (token: string) => Promise<Customer>;

export type TokenVerifierOptions =
  | {
      /** Where the user service publishes its keys: `<USER_URL>/.well-known/jwks.json`. */
      readonly jwksUrl: string | URL;
      /** Least milliseconds between two fetches for an unknown key id; default 30,000. */
      readonly cooldownMs?: number;
      /** Milliseconds that fetched keys are used before they are read again; default 600,000. */
      readonly cacheMs?: number;
      /** Milliseconds to wait for the keys; default 3,000. */
      readonly timeoutMs?: number;
    }
  | {
      /** Finds the key itself; for the service that owns the keys. */
      readonly keys: JWTVerifyGetKey;
    };

/** Headers that name a key of the token's own choosing; a token that carries one is an attack, not a mistake. */
const foreignKeyHeaders = ['jku', 'jwk', 'x5u', 'x5c'] as const;

const invalid = (cause?: unknown) =>
  new Refusal('forbidden', 'token.invalid', 'The access token is not valid; sign in again.', { cause });

const expired = (cause: unknown) =>
  new Refusal('unauthenticated', 'token.expired', 'The access token has expired; refresh it, or sign in again.', {
    cause,
  });

/** Answers of jose that speak about the token; all others speak about the way to the keys. */
const isAboutToken = (problem: unknown) =>
  problem instanceof errors.JOSEError &&
  !(problem instanceof errors.JWKSTimeout) &&
  !(problem instanceof errors.JWKSInvalid) &&
  problem.code !== 'ERR_JOSE_GENERIC';

/** Keys from the user service; while it is away, the last keys that it gave stay in use. */
const remoteKeys = (options: Extract<TokenVerifierOptions, { jwksUrl: string | URL }>): JWTVerifyGetKey => {
  const remote = createRemoteJWKSet(new URL(options.jwksUrl), {
    cooldownDuration: options.cooldownMs ?? 30_000,
    cacheMaxAge: options.cacheMs ?? 600_000,
    timeoutDuration: options.timeoutMs ?? 3_000,
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (problem) {
      const last = remote.jwks();
      if (isAboutToken(problem) || !last) throw problem;
      return createLocalJWKSet(last)(header, token);
    }
  };
};

const roles: ReadonlySet<unknown> = new Set<Role>(['customer', 'staff', 'admin']);
const isRole = (role: unknown): role is Role => roles.has(role);

const customerOf = ({ sub, sid, roles }: JWTPayload): Customer => {
  if (!isId('usr', sub) || typeof sid !== 'string' || !Array.isArray(roles) || !roles.every(isRole)) throw invalid();
  return { kind: 'customer', userId: sub, sessionId: sid, roles };
};

/** Milliseconds for which a token that was found good is not checked again; a withdrawn key works that much longer. */
const trustMs = 30_000;
const mostTrusted = 2_000;

const verify = async (token: string, keys: JWTVerifyGetKey): Promise<{ customer: Customer; expiresAt: number }> => {
  try {
    const header = decodeProtectedHeader(token);
    if (foreignKeyHeaders.some((name) => name in header)) throw invalid();
    const { payload } = await jwtVerify(token, keys, {
      issuer: accessTokenRules.issuer,
      audience: accessTokenRules.audience,
      typ: accessTokenRules.typ,
      algorithms: [...accessTokenRules.algorithms],
      requiredClaims: ['sub', 'sid', 'iat', 'exp'],
      clockTolerance: clockToleranceSeconds,
    });
    return { customer: customerOf(payload), expiresAt: (payload.exp ?? 0) * 1000 };
  } catch (problem) {
    if (problem instanceof Refusal) throw problem;
    // Its signature was found good before: it was ours, and its owner has only to refresh it.
    if (problem instanceof errors.JWTExpired) throw expired(problem);
    // A malformed token makes jose throw TypeError before any key is asked for.
    if (isAboutToken(problem) || (problem instanceof TypeError && problem.message.includes('Token')))
      throw invalid(problem);
    throw new Refusal('unavailable', 'user.unavailable', 'Access tokens cannot be checked at the moment; try again.', {
      retryAfterSeconds: 5,
      cause: problem,
    });
  }
};

/** Verifier for access tokens: fixed algorithms, issuer, audience and type; keys by id from the published set only. */
export const createTokenVerifier = (options: TokenVerifierOptions): TokenVerifier => {
  const keys = 'keys' in options ? options.keys : remoteKeys(options);
  const trusted = new LRUCache<string, Customer>({ max: mostTrusted });
  return async (token) => {
    const known = trusted.get(token);
    if (known) return known;
    const { customer, expiresAt } = await verify(token, keys);
    const ttl = Math.min(trustMs, expiresAt - Date.now());
    if (ttl > 0) trusted.set(token, customer, { ttl });
    return customer;
  };
};
