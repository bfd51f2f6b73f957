import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey, SignJWT } from 'jose';
import { accessTokenRules } from '../kit/auth/token-verifier.ts';
import type { Clock } from '../kit/values/clock.ts';
import { currentKey } from './domain/key-schedule.ts';
import { accessTokenSeconds } from './domain/session-lifetime.ts';
import type { Role } from './domain/user.ts';
import type { SigningKey } from './storage/signing-key-repository.ts';

/** The next key is published a month before it signs, so a minute-old view of the keys is never wrong about the current one. */
const rereadAfterMs = 60_000;

export type TokenClaims = { readonly userId: string; readonly sessionId: string; readonly roles: readonly Role[] };

type UsableKey = { readonly privateKey: NonNullable<SigningKey['privateKey']> };
const isUsable = (key: SigningKey): key is SigningKey & UsableKey => key.privateKey !== undefined;

/** One that the newest secret sealed, as soon as there is one. */
const signingKey = (keys: readonly SigningKey[], now: Date) => {
  const usable = keys.filter(isUsable);
  const lasting = usable.filter(({ isOfFormerSecret }) => !isOfFormerSecret);
  return currentKey(lasting, now) ?? currentKey(usable, now);
};

/** Signs access tokens with the current key and publishes all of them. */
export const createKeyRing = ({
  readKeys,
  clock,
}: {
  readonly readKeys: () => Promise<readonly SigningKey[]>;
  readonly clock: Clock;
}) => {
  let held: { readonly at: number; readonly keys: readonly SigningKey[] } | undefined;
  let reading: Promise<readonly SigningKey[]> | undefined;

  const read = () => {
    reading ??= readKeys()
      .then((keys) => {
        held = { at: clock.now().getTime(), keys };
        return keys;
      })
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  /** Keys at most a minute old; older ones while the database does not answer. */
  const keys = async () => {
    if (!held) return read();
    if (clock.now().getTime() - held.at < rereadAfterMs) return held.keys;
    const last = held.keys;
    return read().catch(() => last);
  };
  const published = async (): Promise<JSONWebKeySet> => ({ keys: (await keys()).map(({ publicJwk }) => publicJwk) });

  return {
    published,

    /** Finds the public key of a token that this service signed. */
    verificationKeys: (async (header, token) => createLocalJWKSet(await published())(header, token)) as JWTVerifyGetKey,

    /** Reads the keys again at once; after a rotation. */
    reload: async (): Promise<void> => {
      await read();
    },

    /** A new access token for 10 minutes. */
    sign: async ({ userId, sessionId, roles }: TokenClaims): Promise<string> => {
      const now = clock.now();
      const key = signingKey(await keys(), now);
      if (!key) throw new Error('no signing key can be opened with KEY_ENCRYPTION_SECRET; restart to make new ones');
      const issuedAt = Math.floor(now.getTime() / 1000);
      return new SignJWT({ sid: sessionId, roles: [...roles] })
        .setProtectedHeader({ alg: 'EdDSA', typ: accessTokenRules.typ, kid: key.kid })
        .setIssuer(accessTokenRules.issuer)
        .setAudience(accessTokenRules.audience)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + accessTokenSeconds)
        .sign(key.privateKey);
    },
  };
};

export type KeyRing = ReturnType<typeof createKeyRing>;
