import { isId } from '../values/identifiers.ts';
import { Refusal } from '../values/refusal.ts';
import type { Access, Caller } from './caller.ts';
import { isAdmin, isStaff } from './caller.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** What a request carried. */
export type Credentials = {
  /** The whole header, `Bearer <token>`. */
  readonly authorization?: string;
  /** Id of a guest's session, `ses_...`. */
  readonly guestSessionId?: string;
};

export type Authentication = {
  readonly caller: Caller;
  /** Why the token was not accepted; public routes ignore it, all others answer with it. */
  readonly refusal?: Refusal;
};

const bearer = /^Bearer +([A-Za-z0-9_.~+/-]+=*)$/i;

const guestOrNobody = (session: string | undefined): Caller =>
  session === undefined ? { kind: 'nobody' } : { kind: 'guest', sessionId: session };

/** Finds out who calls. Never throws: a bad token leaves a guest or nobody, and says why. */
export const authenticate = async (
  { authorization, guestSessionId }: Credentials,
  verifyToken: TokenVerifier | undefined,
): Promise<Authentication> => {
  const session = isId('ses', guestSessionId) ? guestSessionId : undefined;
  if (authorization === undefined || authorization === '') return { caller: guestOrNobody(session) };
  const token = bearer.exec(authorization)?.[1];
  if (token === undefined || verifyToken === undefined)
    return {
      caller: guestOrNobody(session),
      refusal: new Refusal('forbidden', 'token.invalid', 'The access token is not valid; sign in again.'),
    };
  try {
    const customer = await verifyToken(token);
    return { caller: session === undefined ? customer : { ...customer, guestSessionId: session } };
  } catch (problem) {
    if (problem instanceof Refusal) return { caller: guestOrNobody(session), refusal: problem };
    throw problem;
  }
};

/** Throws the refusal with which a route of this access answers: no token 401, invalid token or missing role 403. */
export const requireAccess = (access: Access, { caller, refusal }: Authentication): void => {
  if (access === 'public') return;
  if (refusal) throw refusal;
  if (caller.kind === 'nobody' || (caller.kind === 'guest' && access !== 'customer-or-guest'))
    throw new Refusal('unauthenticated', 'token.missing', 'Sign in first: this needs an access token.');
  if (access === 'staff' && !isStaff(caller))
    throw new Refusal('forbidden', 'caller.not-staff', 'Only staff may do this.');
  if (access === 'admin' && !isAdmin(caller))
    throw new Refusal('forbidden', 'caller.not-admin', 'Only administrators may do this.');
};
