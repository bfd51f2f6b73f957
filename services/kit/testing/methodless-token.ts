import { SignJWT } from 'jose';

/** A token of a service as it should be, but for the method that none of its claims names; lives 60 s from `now`. */
export const methodlessToken = (caller: string, callee: string, secret: string, now: Date): Promise<string> => {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer(caller)
    .setAudience(callee)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 60)
    .sign(new TextEncoder().encode(secret));
};
