import { InvalidArgumentError } from 'commander';
import {
  type AdminSession,
  allOf,
  deployedShop,
  localShop,
  type StaffChange,
  type StaffMember,
  signInAsAdmin,
} from '../../../lib/shop/staff-session.ts';
import { columns, print } from '../../command-line/print.ts';
import type { StaffAction, StaffFlags } from '../staff.ts';

const PASSWORD_VARIABLE = 'CLOUDMART_PASSWORD';

/** Who acts; undefined: the first account. */
const actorOf = ({ as: email }: StaffFlags) => {
  if (email === undefined) return undefined;
  const password = process.env[PASSWORD_VARIABLE];
  if (!password) throw new InvalidArgumentError(`--as ${email}: set ${PASSWORD_VARIABLE} to the password`);
  return { email, password };
};

const requireEmail = (action: StaffAction, email: string | undefined): string => {
  if (email === undefined) throw new InvalidArgumentError(`staff ${action} needs the e-mail address of the account`);
  return email;
};

const roleOf = ({ roles }: Pick<StaffMember, 'roles'>) => (roles.includes('admin') ? 'admin' : 'staff');

const memberLine = (member: StaffMember) => [member.email, roleOf(member), member.name, member.id];

const changeLine = ({ at, change, role, email, actorEmail }: StaffChange) => [
  at,
  change,
  role,
  email,
  `by ${actorEmail ?? 'the configuration'}`,
];

/** The member of this address. Throws one sentence when there is none. */
const memberOf = async ({ staff }: AdminSession, email: string): Promise<StaffMember> => {
  const found = (await allOf((query) => staff.list({ query }))).find((member) => member.email === email);
  if (!found) throw new Error(`${email} has no role; "npx cloudmart staff list" shows who has one`);
  return found;
};

const acts: Readonly<
  Record<StaffAction, (session: AdminSession, email: string | undefined, flags: StaffFlags) => Promise<void>>
> = {
  list: async ({ staff }, _, { json }) => {
    const items = await allOf((query) => staff.list({ query }));
    print(json, { items }, () => columns(items.map(memberLine)));
  },
  add: async ({ staff }, email, { admin, json }) => {
    const role = admin ? 'admin' : 'staff';
    const member = await staff.add({ body: { email: requireEmail('add', email), role } });
    print(json, { member }, () => [`${member.email} is ${roleOf(member)}, from the next time that he signs in`]);
  },
  remove: async (session, email, { json }) => {
    const member = await memberOf(session, requireEmail('remove', email));
    await session.staff.remove({ params: { id: member.id } });
    print(json, { removed: member }, () => [`${member.email} is a customer, and signed out everywhere`]);
  },
  changes: async ({ staff }, _, { json }) => {
    const items = await allOf((query) => staff.changes({ query }));
    print(json, { items }, () => columns(items.map(changeLine)));
  },
};

/** Does one thing about staff, as an administrator of the shop. */
export const runStaff = async (action: StaffAction, email: string | undefined, flags: StaffFlags): Promise<void> => {
  const takesEmail = action === 'add' || action === 'remove';
  if (takesEmail) requireEmail(action, email);
  else if (email !== undefined)
    throw new InvalidArgumentError(`staff ${action} is about everybody; leave ${email} out`);
  if (flags.url !== undefined && flags.environment === undefined)
    throw new InvalidArgumentError('--url is the address of a shop on AWS; name its --environment too');
  const actor = actorOf(flags);
  const shop = flags.environment ? deployedShop(flags.environment, flags.url) : await localShop(flags.data);
  const session = await signInAsAdmin(shop, actor);
  try {
    await acts[action](session, email, flags);
  } finally {
    // A session that could not be ended ends by itself.
    await session.close().catch(() => undefined);
  }
};
