/** From the options of a command to a session at the shop that it is about. */
import { InvalidArgumentError } from 'commander';
import { workloadNamespace } from '../../lib/names.ts';
import { explainAwayShop } from '../../lib/shop/shop-away.ts';
import {
  type AdminSession,
  deployedShop,
  localShop,
  type StaffedShop,
  signInAsAdmin,
} from '../../lib/shop/staff-session.ts';
import { say } from './print.ts';
import type { StaffedShopFlags } from './staffed-shop-options.ts';

const PASSWORD_VARIABLE = 'CLOUDMART_PASSWORD';

/** Who acts; undefined: the first account. */
const actorOf = ({ as: email }: StaffedShopFlags) => {
  if (email === undefined) return undefined;
  const password = process.env[PASSWORD_VARIABLE];
  if (!password) throw new InvalidArgumentError(`--as ${email}: set ${PASSWORD_VARIABLE} to the password`);
  return { email, password };
};

/** Milliseconds of silence after which whoever waits wants to know for what. */
const SILENCE_MS = 2_000;

/** Asks as `fetch` does, and says so on stderr once an answer is slow; of a row of slow ones, once. */
const createTellingFetch = () => {
  let isSaid = false;
  return async (url: string, request: RequestInit): Promise<Response> => {
    const timer = setTimeout(() => {
      if (!isSaid) say(`waiting for the shop to answer ${request.method} ${url}`);
      isSaid = true;
    }, SILENCE_MS);
    try {
      return await fetch(url, request);
    } finally {
      clearTimeout(timer);
    }
  };
};

/** What whoever asked a shop that does not answer can do about it. */
const adviceOf = ({ url }: StaffedShop, { data, environment }: StaffedShopFlags): string =>
  environment
    ? `see that ${url} is the address of ${environment.name}, and that its pods run: kubectl --namespace ${workloadNamespace} get pods`
    : `"npx cloudmart status --data ${data}" says what runs, and what is not well`;

/** Does something at the shop on this machine, or at the deployed one that the options name, as who they name; signs out afterwards. */
export const signedInAsStaff = async <T>(
  flags: StaffedShopFlags,
  work: (session: AdminSession) => Promise<T>,
): Promise<T> => {
  if (flags.url !== undefined && flags.environment === undefined)
    throw new InvalidArgumentError('--url is the address of a shop on AWS; name its --environment too');
  const actor = actorOf(flags);
  const shop = flags.environment ? deployedShop(flags.environment, flags.url) : await localShop(flags.data);
  try {
    const session = await signInAsAdmin(shop, actor, createTellingFetch());
    try {
      return await work(session);
    } finally {
      // A session that could not be ended ends by itself.
      await session.close().catch(() => undefined);
    }
  } catch (problem) {
    throw explainAwayShop(problem, adviceOf(shop, flags));
  }
};
