import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { callSecretProblem } from '../call-secret.ts';
import type { Clock } from '../values/clock.ts';
import { Refusal } from '../values/refusal.ts';
import { clockToleranceSeconds } from './clock-tolerance.ts';
import type { RotatingSecret } from './rotating-secret.ts';

/** gRPC metadata key that says which service calls. */
export const serviceTokenKey = 'x-service-token';

/** How the codes begin with which a service turns another one away, whoever that acts for. */
export const serviceTokenRefusals = 'service-token.';

const lifetimeSeconds = 60;

/** Keeps a token for half its life, so that a call costs no signature. */
const reuseMs = (lifetimeSeconds / 2) * 1000;

/** What a manifest may be named; anything else is not repeated to whoever sent it. */
const isServiceName = /^[a-z][a-z0-9-]{1,30}[a-z0-9]$/;

/** Returns a token for the next call of a method, such as `PaymentService/Capture`. */
export type ServiceTokenSigner = (method: string) => Promise<string>;

const keyOf = (secret: string) => {
  const problem = callSecretProblem(secret);
  if (problem) throw new RangeError(`the secret of two services ${problem}`);
  return new TextEncoder().encode(secret);
};

/** Signs `{iss: caller, aud: callee, sub: method}` for 60 s, with the secret of these two; the token is reused for 30 s. */
export const createServiceTokenSigner = (options: {
  readonly caller: string;
  readonly callee: string;
  readonly secret: string;
  readonly clock: Clock;
}): ServiceTokenSigner => {
  const key = keyOf(options.secret);
  const keptOf = new Map<string, { token: string; until: number }>();
  return async (method) => {
    const now = options.clock.now().getTime();
    const kept = keptOf.get(method);
    if (kept && now < kept.until) return kept.token;
    const issuedAt = Math.floor(now / 1000);
    const token = await new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(options.caller)
      .setAudience(options.callee)
      .setSubject(method)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(key);
    keptOf.set(method, { token, until: now + reuseMs });
    return token;
  };
};

/** Returns the name of the calling service, or throws Refusal `service-token.missing`, `.invalid` or `.not-allowed`. */
export type ServiceTokenVerifier = (token: string | undefined, method: string) => Promise<string>;

type Verified = { readonly caller: string; readonly method: string | undefined; readonly expiresAt: number };

/** Checks the tokens of one caller. Another one cannot sign in its name: it does not know the secret. */
const verifierOf =
  (caller: string, callee: string, secret: RotatingSecret) =>
  async (token: string, now: Date): Promise<Verified> => {
    const verified = await secret.accept(async (value) => {
      try {
        const { payload } = await jwtVerify(token, keyOf(value), {
          algorithms: ['HS256'],
          issuer: caller,
          audience: callee,
          requiredClaims: ['exp', 'iat'],
          maxTokenAge: lifetimeSeconds,
          clockTolerance: clockToleranceSeconds,
          currentDate: now,
        });
        return { caller, method: payload.sub, expiresAt: (payload.exp ?? 0) * 1000 };
      } catch (problem) {
        if (problem instanceof errors.JWSSignatureVerificationFailed) return undefined;
        throw problem;
      }
    });
    if (!verified) throw new errors.JWSSignatureVerificationFailed();
    return verified;
  };

/** Whom a token says it is of, which nothing proves yet. */
const claimedCaller = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
};

export const createServiceTokenVerifier = (options: {
  readonly callee: string;
  /** What each caller that declares calls signs with, by its name. */
  readonly callers: Readonly<Record<string, RotatingSecret>>;
  readonly clock: Clock;
}): ServiceTokenVerifier => {
  const { callee, clock } = options;
  const verifiers = new Map(
    Object.entries(options.callers).map(([name, secret]) => [name, verifierOf(name, callee, secret)]),
  );
  const verify = async (token: string, now: Date): Promise<Verified> => {
    const claimed = claimedCaller(token);
    const verifyCaller = claimed === undefined ? undefined : verifiers.get(claimed);
    if (claimed !== undefined && isServiceName.test(claimed) && !verifyCaller)
      throw new Refusal(
        'forbidden',
        'service-token.not-allowed',
        `${claimed} does not declare calls to ${callee}; add it to "callsByGrpc" in services/${claimed}/manifest.ts.`,
      );
    try {
      if (!verifyCaller) throw new Error('the token names no service');
      return await verifyCaller(token, now);
    } catch (cause) {
      throw new Refusal(
        'unauthenticated',
        'service-token.invalid',
        `The ${serviceTokenKey} is not valid for ${callee}; compare secrets and clocks of the two services.`,
        { cause },
      );
    }
  };
  // Callers send one token a method for half a minute, so that few are known at a time and most calls need no signature check.
  const known = new LRUCache<string, Verified>({ max: 500 });
  const requireMethod = (verified: Verified, method: string) => {
    if (verified.method === method) return verified.caller;
    throw new Refusal(
      'unauthenticated',
      'service-token.invalid',
      `The ${serviceTokenKey} does not name ${method}; a token opens the one method that it was signed for.`,
    );
  };
  return async (token, method) => {
    if (!token)
      throw new Refusal('unauthenticated', 'service-token.missing', `Calls to ${callee} need ${serviceTokenKey}.`);
    const now = clock.now();
    const found = known.get(token);
    if (found && now.getTime() < found.expiresAt) return requireMethod(found, method);
    const verified = await verify(token, now);
    known.set(token, verified);
    return requireMethod(verified, method);
  };
};
