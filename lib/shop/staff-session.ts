/** An administrator at the public door of a shop, on this machine and on AWS: what changes who works there, and has it compare its books. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CallOptions } from '../../services/contracts/http/ask.ts';
import { createShopClient, type ShopClient } from '../../services/contracts/http/client.ts';
import { emailSchema } from '../../services/contracts/http/email-address.ts';
import { awsQuestions, withClient } from '../aws/ask-aws.ts';
import type { Environment } from '../environment/environment.ts';
import { configurationOf } from '../environment/environment-configuration.ts';
import { readState } from '../local/state.ts';
import { requireAddress } from '../release/verify/session.ts';
import { secretId } from '../secret-id.ts';
import { services } from '../services.ts';

type Account = { readonly email: string; readonly password: string };

/** Where the shop is, and the first account of its configuration. */
export type StaffedShop = { readonly url: string; readonly firstAccount: () => Promise<Account> };

const EMAIL = 'STAFF_EMAIL';
const PASSWORD = 'STAFF_PASSWORD';

/** The shop that runs on a folder of this machine. Throws `StartRefused` when none does. */
export const localShop = async (data: string): Promise<StaffedShop> => {
  const { gateway, staff } = await readState(data);
  return { url: gateway, firstAccount: async () => staff };
};

/** The shop of an environment, whose first account's password Secrets Manager tells to whoever may read it. */
export const deployedShop = (environment: Environment, url: string | undefined): StaffedShop => ({
  url: requireAddress(environment, url),
  firstAccount: async () => {
    const accounts = services.find(({ configuration }) => PASSWORD in configuration);
    if (!accounts) throw new Error(`no service declares ${PASSWORD}, so the shop has no accounts of staff`);
    const { settings, deadline } = awsQuestions(environment.region);
    const SecretId = secretId(environment.name, accounts.name, PASSWORD);
    const { SecretString: password = '' } = await withClient(new SecretsManagerClient(settings), (client) =>
      client.send(new GetSecretValueCommand({ SecretId }), deadline()),
    );
    const email = configurationOf(accounts, environment)[EMAIL] ?? accounts.configuration[EMAIL]?.default ?? '';
    return { email, password };
  },
});

/** Somebody with a role, and a change of roles, as the shop tells of them. */
export type { User as StaffMember } from '../../services/contracts/http/accounts/auth-api.ts';
export type { StaffChange } from '../../services/contracts/http/accounts/staff-api.ts';

/** An e-mail address, folded as the shop folds it. Throws one sentence at what is none. */
export const emailAddress = (text: string): string => {
  const { success, data } = emailSchema.safeParse(text);
  if (!success) throw new Error('it is no e-mail address; give one such as colleague@shop.example');
  return data;
};

export type AdminSession = {
  readonly staff: ShopClient['staff'];
  readonly reconciliations: ShopClient['reconciliations'];
  readonly operations: ShopClient['operations'];
  readonly url: string;
  /** Ends the session at the shop. */
  close(): Promise<void>;
};

/**
 * Signs in at the shop, as `account` or as its first one. Throws `ApiProblem` and `NoAnswer`.
 * @param fetch asks the shop; default that of the platform
 */
export const signInAsAdmin = async (
  shop: StaffedShop,
  account: Account | undefined,
  fetch?: CallOptions['fetch'],
): Promise<AdminSession> => {
  const body = account ?? (await shop.firstAccount());
  const { accessToken: token } = await createShopClient({ baseUrl: shop.url, fetch }).accounts.logIn({ body });
  const { staff, reconciliations, operations, accounts } = createShopClient({ baseUrl: shop.url, token, fetch });
  return {
    staff,
    reconciliations,
    operations,
    url: shop.url,
    close: async () => {
      await accounts.logOut();
    },
  };
};

/** Every item of a list, page after page. */
export const allOf = async <Item>(
  page: (query: { limit: number; cursor?: string }) => Promise<{ items: readonly Item[]; nextCursor: string | null }>,
): Promise<Item[]> => {
  const all: Item[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { items, nextCursor } = await page({ limit: 100, ...(cursor !== undefined && { cursor }) });
    all.push(...items);
    cursor = nextCursor;
  }
  return all;
};
