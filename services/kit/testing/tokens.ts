import { createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose';
import type { Role } from '../auth/caller.ts';
import { accessTokenRules, createTokenVerifier, type TokenVerifier } from '../auth/token-verifier.ts';

export type TokenClaims = {
  readonly userId: string;
  readonly sessionId?: string;
  readonly roles?: readonly Role[];
  /** Default: 10 minutes from now. */
  readonly expiresAt?: Date;
};

export type TestTokens = {
  /** The public key, as the user service would publish it. */
  readonly jwks: JSONWebKeySet;
  /** Give it to `testContext` or `createHttpServer` instead of the user service's keys. */
  readonly verifyToken: TokenVerifier;
  /** An access token of a customer, or of staff by its roles. */
  token(claims: TokenClaims): Promise<string>;
  /** The header that goes with it. */
  bearer(claims: TokenClaims): Promise<{ authorization: string }>;
};

/** Signs access tokens with a key that exists only in this test. */
export const testTokens = async (): Promise<TestTokens> => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const jwks: JSONWebKeySet = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'EdDSA', use: 'sig' }] };
  const token = ({ userId, sessionId = 'session-1', roles = ['customer'], expiresAt }: TokenClaims) =>
    new SignJWT({ sid: sessionId, roles })
      .setProtectedHeader({ alg: 'EdDSA', typ: accessTokenRules.typ, kid: 'test' })
      .setIssuer(accessTokenRules.issuer)
      .setAudience(accessTokenRules.audience)
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(expiresAt ?? '10 minutes')
      .sign(privateKey);
  return {
    jwks,
    verifyToken: createTokenVerifier({ keys: createLocalJWKSet(jwks) }),
    token,
    bearer: async (claims) => ({ authorization: `Bearer ${await token(claims)}` }),
  };
};
