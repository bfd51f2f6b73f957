/** Every way in which the user service says no. */
import { Refusal } from '../../kit/values/refusal.ts';

/** One answer for an unknown address and a wrong password, so that nobody learns which addresses have accounts here. */
export const invalidCredentials = () =>
  new Refusal('unauthenticated', 'auth.invalid-credentials', 'The e-mail address or the password is wrong.');

export const tooManyAttempts = (retryAfterSeconds: number) =>
  new Refusal(
    'too-many',
    'auth.too-many-attempts',
    `Too many failed attempts for this account; wait ${retryAfterSeconds} s before the next one.`,
    { retryAfterSeconds },
  );

export const invalidRefreshToken = () =>
  new Refusal(
    'unauthenticated',
    'auth.invalid-refresh-token',
    'The refresh token is not valid any more; sign in again.',
  );

export const refreshTokenReused = () =>
  new Refusal(
    'unauthenticated',
    'auth.refresh-token-reused',
    'The refresh token was used before, so its session was ended; sign in again.',
  );

export const sessionEnded = () =>
  new Refusal('unauthenticated', 'auth.session-ended', 'The session has ended; sign in again.');

export const linkInvalid = () =>
  new Refusal('invalid', 'auth.link-invalid', 'The link was used already or is too old; have a new one mailed.', {
    errors: [{ path: 'token', message: 'is of no link that works' }],
  });

export const emailTaken = () =>
  new Refusal('conflict', 'user.email-taken', 'An account with this e-mail address exists already; sign in instead.');

export const passwordTooCommon = () =>
  new Refusal('invalid', 'user.password-too-common', 'The password is one that attackers try first; choose another.', {
    errors: [{ path: 'password', message: 'is among the most common passwords, or is the e-mail address' }],
  });

/** `path`: the field that holds it. */
export const wrongPassword = (path: 'currentPassword' | 'password') =>
  new Refusal('invalid', 'user.wrong-password', 'The current password is wrong.', {
    errors: [{ path, message: 'is not the current password' }],
  });

export const tooManyAddresses = (most: number) =>
  new Refusal('conflict', 'user.too-many-addresses', `An account keeps ${most} addresses; remove one first.`);

export const addressUnknown = () =>
  new Refusal('missing', 'user.address-unknown', 'The account has no such address; list those that it has.');

export const staffUndeletable = () =>
  new Refusal(
    'conflict',
    'user.staff-undeletable',
    'Staff cannot delete their account: what they did stays under their name. Have the role removed first.',
  );

export const noAccount = () =>
  new Refusal('missing', 'staff.no-account', 'No account has this e-mail address; its owner has to sign up first.', {
    errors: [{ path: 'email', message: 'has no account' }],
  });

export const emailUnproved = () =>
  new Refusal(
    'conflict',
    'staff.email-unproved',
    'The owner of the account has not proved the address yet; he has to follow the link of his first mail before he gets a role.',
  );

export const staffUnknown = () =>
  new Refusal('missing', 'staff.unknown', 'There is no such account with a role; list those that have one.');

export const lastAdmin = () =>
  new Refusal('conflict', 'staff.last-admin', 'This is the last administrator; make another one first.');
