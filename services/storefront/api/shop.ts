/** The shop's API as this page reaches it: where `/config.json` says, with the session in cookies that no script can read. */
import { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import { sessionDoors } from '../../contracts/http/accounts/session-doors.ts';
import { apiPrefix } from '../../contracts/http/api-prefix.ts';
import { cartDoors } from '../../contracts/http/cart-doors.ts';
import { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import { createDoorClient } from '../../contracts/http/client.ts';
import { orderDoors } from '../../contracts/http/order-doors.ts';
import type { SiteConfig } from '../../contracts/http/site-config.ts';

const configWithinMs = 3_000;
const sessionWithinMs = 10_000;

/** A shop without an answer to this question answers no other, which the page then says; so a guess does no harm. */
const readConfig = async (): Promise<Pick<SiteConfig, 'api'>> => {
  try {
    const answer = await fetch('/config.json', { signal: AbortSignal.timeout(configWithinMs) });
    return (await answer.json()) as SiteConfig;
  } catch {
    return { api: apiPrefix };
  }
};

/** Tells whether the session goes on; asked once at a time, by all tabs together. */
const isRefreshed = (api: string): Promise<boolean> =>
  navigator.locks.request('session', async () => {
    const answer = await fetch(`${api}/session/refresh`, {
      method: 'POST',
      signal: AbortSignal.timeout(sessionWithinMs),
    });
    return answer.ok && ((await answer.json()) as { user: unknown }).user !== null;
  });

/** Refusals of a session that may go on with its refresh token. */
const overCodes = ['token.expired', 'token.invalid', 'auth.session-ended'];

/** Asks again when the access token was over and the session goes on; the refusal stands when it does not. */
const askAsReader = (api: string) => async (url: string, request: RequestInit) => {
  const answer = await fetch(url, request);
  if (answer.status !== 401 && answer.status !== 403) return answer;
  const { code } = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as { code?: string };
  if (code === undefined || !overCodes.includes(code)) return answer;
  const goesOn = await isRefreshed(api).catch(() => false);
  return goesOn ? fetch(url, request) : answer;
};

/** The doors that these pages open, and no others: every first load brings them along. */
const createPageClient = (api: string) => {
  const reader = { baseUrl: api, fetch: askAsReader(api) };
  return {
    accounts: createDoorClient(accountDoors, reader),
    cart: createDoorClient(cartDoors, reader),
    orders: createDoorClient(orderDoors, reader),
    products: createDoorClient(productDoors, reader),
    sessions: createDoorClient(sessionDoors, reader),
  };
};

/** Never rejects; calls of the client do. */
const client = readConfig().then(({ api }) => createPageClient(api));

/** The client, once the page knows where the API is. */
export const shop = () => client;
