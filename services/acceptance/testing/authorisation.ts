/** What the tables of doors promise to each caller, as one word that an answer can be compared with. */
import type { Door } from '../../contracts/http/door.ts';
import type { Answered, CallerName } from './people.ts';
import type { OpenDoor } from './shop-doors.ts';

/** `hidden`: the door is open, and says of what belongs to somebody else that there is no such thing. */
export type Verdict = 'admitted' | 'unauthenticated' | 'forbidden' | 'hidden';

/** Whose the thing is that a path names; undefined: nobody's in particular. */
export type Ownership = { readonly reachedBy: readonly CallerName[] } | undefined;

const isIn = (caller: CallerName, ...names: CallerName[]) => names.includes(caller);
const isSignedIn = (caller: CallerName) => isIn(caller, 'owner', 'other customer', 'staff', 'admin');

const withRole = (caller: CallerName, ...roles: CallerName[]): Verdict => {
  if (!isSignedIn(caller)) return 'unauthenticated';
  return isIn(caller, ...roles) ? 'admitted' : 'forbidden';
};

const byAccess = ({ access, newGuest }: Pick<Door, 'access' | 'newGuest'>, caller: CallerName): Verdict => {
  switch (access) {
    case 'public':
      return 'admitted';
    case 'customer':
      return isSignedIn(caller) ? 'admitted' : 'unauthenticated';
    case 'customer-or-guest':
      return caller !== 'anonymous' || newGuest === 'goes-on' ? 'admitted' : 'unauthenticated';
    case 'staff':
      return withRole(caller, 'staff', 'admin');
    case 'admin':
      return withRole(caller, 'admin');
  }
};

/** What a caller must get at a door. */
export const promised = (door: OpenDoor, caller: CallerName, owned: Ownership): Verdict => {
  const verdict = byAccess(door, caller);
  return verdict === 'admitted' && owned && !owned.reachedBy.includes(caller) ? 'hidden' : verdict;
};

/** Codes that say something about the caller; other 401 and 403 are about what was sent, such as a wrong password. */
const aboutCaller: ReadonlyMap<string, Verdict> = new Map(
  Object.entries<Verdict>({
    'token.missing': 'unauthenticated',
    'token.expired': 'unauthenticated',
    'auth.session-ended': 'unauthenticated',
    'session.begun': 'unauthenticated',
    'token.invalid': 'forbidden',
    'caller.not-staff': 'forbidden',
    'caller.not-admin': 'forbidden',
  }),
);

/** What a caller got. Throws at what no caller may get. */
export const verdictOn = ({ status, code = '', text }: Answered, owned: Ownership): Verdict => {
  if (status >= 500) throw new Error(`the door failed: ${status} ${text}`);
  const said = aboutCaller.get(code);
  if (said) return said;
  return status === 404 && owned ? 'hidden' : 'admitted';
};
