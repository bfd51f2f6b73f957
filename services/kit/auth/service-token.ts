import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../values/clock.ts';
import { Refusal } from '../values/refusal.ts';
import { clockToleranceSeconds } from './clock-tolerance.ts';

/** gRPC metadata key that says which service calls. */
export const serviceTokenKey = 'x-service-token';

/** How the codes begin with which a service turns another one away, whoever that acts for. */
export const serviceTokenRefusals = 'service-token.';

const lifetimeSeconds = 60;

/** Keeps a token for half its life, so that a call costs no signature. */
const reuseMs = (lifetimeSeconds / 2) * 1000;

/** Least milliseconds between two looks for a rotated secret; an attacker's tokens must not become load. */
const reloadPauseMs = 30_000;

export type ServiceTokenSigner = (callee: string) => Promise<string>;

const keyOf = (secret: string) => {
  const key = new TextEncoder().encode(secret);
  if (key.byteLength < 32) throw new RangeError('SERVICE_AUTH_SECRET needs at least 32 bytes');
  return key;
};

/** Signs `{iss: caller, aud: callee}` for 60 s; the token is reused for 30 s. */
export const createServiceTokenSigner = (options: {
  readonly caller: string;
  readonly secret: string;
  readonly clock: Clock;
}): ServiceTokenSigner => {
  const key = keyOf(options.secret);
  const kept = new Map<string, { token: string; until: number }>();
  return async (callee) => {
    const now = options.clock.now().getTime();
    const found = kept.get(callee);
    if (found && now < found.until) return found.token;
    const issuedAt = Math.floor(now / 1000);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(options.caller)
      .setAudience(callee)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(key);
    kept.set(callee, { token, until: now + reuseMs });
    return token;
  };
};

/** Returns the name of the calling service, or throws Refusal `service-token.missing`, `.invalid` or `.not-allowed`. */
export type ServiceTokenVerifier = (token: string | undefined) => Promise<string>;

export const createServiceTokenVerifier = (options: {
  readonly callee: string;
  readonly secret: string;
  readonly allowedCallers: readonly string[];
  readonly clock: Clock;
  /** The secrets that count now, asked for at most every 30 s when a token fits none that is known: it may be rotated. */
  readonly reload?: () => Promise<readonly string[]>;
}): ServiceTokenVerifier => {
  let keys = [keyOf(options.secret)];
  let reloadedAt = Number.NEGATIVE_INFINITY;
  const verifyWithOne = async (token: string, now: Date): Promise<JWTPayload> => {
    let failure: unknown;
    for (const key of keys)
      try {
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['HS256'],
          audience: options.callee,
          requiredClaims: ['iss', 'exp', 'iat'],
          maxTokenAge: lifetimeSeconds,
          clockTolerance: clockToleranceSeconds,
          currentDate: now,
        });
        return payload;
      } catch (problem) {
        failure = problem;
      }
    throw failure;
  };
  const verifyOrReload = async (token: string, now: Date): Promise<JWTPayload> => {
    try {
      return await verifyWithOne(token, now);
    } catch (problem) {
      const isForeignSignature = problem instanceof errors.JWSSignatureVerificationFailed;
      if (!options.reload || !isForeignSignature || now.getTime() - reloadedAt < reloadPauseMs) throw problem;
      reloadedAt = now.getTime();
      keys = (await options.reload()).map(keyOf);
      return verifyWithOne(token, now);
    }
  };
  const verify = async (token: string, now: Date): Promise<{ caller: string; expiresAt: number }> => {
    try {
      const payload = await verifyOrReload(token, now);
      return { caller: payload.iss ?? '', expiresAt: (payload.exp ?? 0) * 1000 };
    } catch (cause) {
      throw new Refusal(
        'unauthenticated',
        'service-token.invalid',
        `The ${serviceTokenKey} is not valid for ${options.callee}; compare secrets and clocks of the two services.`,
        { cause },
      );
    }
  };
  // Callers send one token for half a minute, so that few are known at a time and most calls need no signature check.
  const known = new LRUCache<string, { caller: string; expiresAt: number }>({ max: 200 });
  return async (token) => {
    if (!token)
      throw new Refusal(
        'unauthenticated',
        'service-token.missing',
        `Calls to ${options.callee} need ${serviceTokenKey}.`,
      );
    const now = options.clock.now();
    const found = known.get(token);
    if (found && now.getTime() < found.expiresAt) return found.caller;
    const verified = await verify(token, now);
    if (!options.allowedCallers.includes(verified.caller))
      throw new Refusal(
        'forbidden',
        'service-token.not-allowed',
        `${verified.caller} does not declare calls to ${options.callee}; add it to "calls" in services/${verified.caller}/manifest.ts.`,
      );
    known.set(token, verified);
    return verified.caller;
  };
};
