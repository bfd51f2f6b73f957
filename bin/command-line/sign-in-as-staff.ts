/** From the options of a command to a session at the shop that it is about. */
import { InvalidArgumentError } from 'commander';
import { type AdminSession, deployedShop, localShop, signInAsAdmin } from '../../lib/shop/staff-session.ts';
import type { StaffedShopFlags } from './staffed-shop-options.ts';

const PASSWORD_VARIABLE = 'CLOUDMART_PASSWORD';

/** Who acts; undefined: the first account. */
const actorOf = ({ as: email }: StaffedShopFlags) => {
  if (email === undefined) return undefined;
  const password = process.env[PASSWORD_VARIABLE];
  if (!password) throw new InvalidArgumentError(`--as ${email}: set ${PASSWORD_VARIABLE} to the password`);
  return { email, password };
};

/** Does something at the shop on this machine, or at the deployed one that the options name, as who they name; signs out afterwards. */
export const signedInAsStaff = async <T>(
  flags: StaffedShopFlags,
  work: (session: AdminSession) => Promise<T>,
): Promise<T> => {
  if (flags.url !== undefined && flags.environment === undefined)
    throw new InvalidArgumentError('--url is the address of a shop on AWS; name its --environment too');
  const actor = actorOf(flags);
  const shop = flags.environment ? deployedShop(flags.environment, flags.url) : await localShop(flags.data);
  const session = await signInAsAdmin(shop, actor);
  try {
    return await work(session);
  } finally {
    // A session that could not be ended ends by itself.
    await session.close().catch(() => undefined);
  }
};
