/** The shop's API as this page reaches it: where `/config.json` says, with the session in cookies that no script can read. */
import { apiPrefix } from '../../contracts/http/api-prefix.ts';
import { createShopClient, type ShopClient } from '../../contracts/http/client.ts';
import type { SiteConfig } from '../../contracts/http/site-config.ts';

const configWithinMs = 3_000;

/** A shop without an answer to this question answers no other, which the page then says; so a guess does no harm. */
const readConfig = async (): Promise<Pick<SiteConfig, 'api'>> => {
  try {
    const answer = await fetch('/config.json', { signal: AbortSignal.timeout(configWithinMs) });
    return (await answer.json()) as SiteConfig;
  } catch {
    return { api: apiPrefix };
  }
};

/** Never rejects; calls of the client do. */
const client: Promise<ShopClient> = readConfig().then(({ api }) => createShopClient({ api }));

/** The client, once the page knows where the API is. */
export const shop = (): Promise<ShopClient> => client;
