import type { WorkRole } from '../../contracts/http/accounts/staff-api.ts';
import type { Caller } from '../../kit/auth/caller.ts';
import type { Role, User } from '../domain/user.ts';
import { emailUnproved, lastAdmin, noAccount, staffUnknown } from '../domain/user-refusals.ts';
import type { StaffRepository } from '../storage/staff-repository.ts';
import { publishInSequence } from './end-sessions.ts';
import { requireAccount } from './read-profile.ts';
import type { UserEffects } from './user-effects.ts';

export type StaffEffects = UserEffects & { readonly staff: StaffRepository };

/** What a role comes with: whoever may give roles works for the shop, and everybody may buy. */
export const rolesOf: Readonly<Record<WorkRole, readonly Role[]>> = {
  staff: ['customer', 'staff'],
  admin: ['customer', 'staff', 'admin'],
};

const workRoleOf = ({ roles }: User): WorkRole | undefined => {
  if (roles.includes('admin')) return 'admin';
  return roles.includes('staff') ? 'staff' : undefined;
};

/**
 * Gives an account a role in place of the one it has; nothing happens when it has it already. A role that is less ends the sessions
 * that have more. Refusals: `staff.no-account`, `staff.email-unproved`, `staff.last-admin`.
 */
export const addStaff = async (
  parts: StaffEffects,
  caller: Caller,
  { email, role }: { readonly email: string; readonly role: WorkRole },
): Promise<User> => {
  const { account: actor } = await requireAccount(parts, caller);
  return parts.transaction(async (tx) => {
    await parts.staff.lock(tx);
    const found = await parts.users.findByEmail(email, tx);
    if (!found) throw noAccount();
    const { passwordHash: _hash, ...user } = found;
    const before = workRoleOf(user);
    if (before === role) return user;
    // Who was made staff by the configuration needs no proof of the address.
    if (!user.emailVerified && before === undefined) throw emailUnproved();
    const isLess = before === 'admin';
    if (isLess && (await parts.staff.otherAdmins(tx, user.id)) === 0) throw lastAdmin();
    await parts.users.lock(tx, user.id);
    const changed = await parts.users.update(tx, user.id, { roles: rolesOf[role] });
    const ended = isLess ? await parts.sessions.revoke(tx, user.id, {}, parts.clock.now()) : 0;
    await parts.staff.note(tx, {
      at: parts.clock.now().toISOString(),
      change: 'added',
      role,
      userId: user.id,
      email: user.email,
      actorId: actor.id,
      actorEmail: actor.email,
    });
    await publishInSequence(parts, tx, user.id, [
      { type: 'user.profile-changed.v1', data: { changed: ['roles'] } },
      ...(ended > 0 ? [{ type: 'user.sessions-revoked.v1', data: { reason: 'staff' } } as const] : []),
    ]);
    return changed;
  });
};

/** Takes the role of an account away and ends its sessions. Refusals: `staff.unknown`, `staff.last-admin`. */
export const removeStaff = async (parts: StaffEffects, caller: Caller, userId: string): Promise<void> => {
  const { account: actor } = await requireAccount(parts, caller);
  await parts.transaction(async (tx) => {
    await parts.staff.lock(tx);
    const user = await parts.users.find(userId, tx);
    const role = user && workRoleOf(user);
    if (!user || !role) throw staffUnknown();
    if (role === 'admin' && (await parts.staff.otherAdmins(tx, userId)) === 0) throw lastAdmin();
    await parts.users.lock(tx, userId);
    await parts.users.update(tx, userId, { roles: ['customer'] });
    const ended = await parts.sessions.revoke(tx, userId, {}, parts.clock.now());
    await parts.staff.note(tx, {
      at: parts.clock.now().toISOString(),
      change: 'removed',
      role,
      userId,
      email: user.email,
      actorId: actor.id,
      actorEmail: actor.email,
    });
    await publishInSequence(parts, tx, userId, [
      { type: 'user.profile-changed.v1', data: { changed: ['roles'] } },
      ...(ended > 0 ? [{ type: 'user.sessions-revoked.v1', data: { reason: 'staff' } } as const] : []),
    ]);
  });
};
