import type { Sql } from '../../kit/storage/database.ts';
import { type Happening, userEvent } from '../domain/user-events.ts';
import type { ConfiguredStaffRepository } from '../storage/configured-staff-repository.ts';
import type { StaffEffects } from './change-staff.ts';
import { publishInSequence } from './end-sessions.ts';
import type { UserEffects } from './user-effects.ts';

const roles = ['customer', 'staff', 'admin'] as const;

const addConfigured = async (parts: UserEffects, tx: Sql, email: string, passwordHash: string): Promise<string> => {
  const id = parts.ids.next('usr');
  const createdAt = parts.clock.now();
  await parts.users.insert(tx, { id, email, name: 'Staff', roles, passwordHash, createdAt });
  const registered: Happening = { type: 'user.registered.v1', data: { roles: [...roles] } };
  const envelope = { id: parts.ids.next('evt'), userId: id, sequence: 1, at: createdAt };
  await parts.publish(tx, [userEvent(registered, envelope)]);
  return id;
};

const takeOver = async (parts: UserEffects, tx: Sql, id: string, passwordHash: string): Promise<void> => {
  await parts.users.lock(tx, id);
  await parts.users.update(tx, id, { passwordHash, roles });
  const ended = await parts.sessions.revoke(tx, id, {}, parts.clock.now());
  await publishInSequence(parts, tx, id, [
    { type: 'user.profile-changed.v1', data: { changed: ['password'] } },
    ...(ended > 0 ? [{ type: 'user.sessions-revoked.v1', data: { reason: 'staff' } } as const] : []),
  ]);
};

/**
 * Sees to it that the configured staff account exists. Runs at every start: an unchanged configuration changes nothing,
 * not even a password that the account's owner has chosen since; a new password replaces it and ends its sessions.
 */
export const configureStaff = async (
  parts: StaffEffects & { readonly configuredStaff: ConfiguredStaffRepository },
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> => {
  await parts.passwords.inTurn((turn) =>
    parts.transaction(async (tx) => {
      await parts.configuredStaff.lock(tx);
      const configured = await parts.configuredStaff.findHash(tx, email);
      if (configured !== undefined && (await turn.verify(password, configured))) return;
      const passwordHash = await turn.hash(password);
      const found = await parts.users.findByEmail(email, tx);
      if (found) await takeOver(parts, tx, found.id, passwordHash);
      const id = found?.id ?? (await addConfigured(parts, tx, email, passwordHash));
      const at = parts.clock.now().toISOString();
      const byConfiguration = { actorId: null, actorEmail: null };
      if (!found?.roles.includes('admin'))
        await parts.staff.note(tx, { at, change: 'added', role: 'admin', userId: id, email, ...byConfiguration });
      await parts.configuredStaff.save(tx, id, passwordHash);
    }),
  );
};
