/** The API as a page reaches it: where `/config.json` says, with the session in cookies that no script can read. */
import { apiPrefix } from '../../contracts/http/api-prefix.ts';
import type { ClientOptions } from '../../contracts/http/ask.ts';
import type { SiteConfig } from '../../contracts/http/site-config.ts';

const configWithinMs = 3_000;
const sessionWithinMs = 10_000;

/** What a page takes from `/config.json`. */
type SiteSettings = Pick<SiteConfig, 'api' | 'cards' | 'mailbox'>;

/** A shop without an answer to this question answers no other, which the page then says; so a guess does no harm. */
const readConfig = async (): Promise<SiteSettings> => {
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

declare global {
  interface Window {
    /** What was asked before this script came, by its address; an answer that failed is none. */
    readonly askedAhead?: Map<string, Promise<Response | undefined>>;
  }
}

/** The answer to what was asked ahead, once. */
const answeredAhead = async (url: string): Promise<Response | undefined> => {
  const answer = window.askedAhead?.get(url);
  window.askedAhead?.delete(url);
  return answer;
};

/** Asks again when the access token was over and the session goes on; the refusal stands when it does not. */
const askAsReader = (api: string) => async (url: string, request: RequestInit) => {
  const ahead = request.method === 'GET' ? await answeredAhead(url) : undefined;
  const answer = ahead ?? (await fetch(url, request));
  if (answer.status !== 401 && answer.status !== 403) return answer;
  const { code } = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as { code?: string };
  if (code === undefined || !overCodes.includes(code)) return answer;
  const goesOn = await isRefreshed(api).catch(() => false);
  return goesOn ? fetch(url, request) : answer;
};

const settings = readConfig();

/** What the page was told about its place; never rejects. */
export const siteSettings = (): Promise<SiteSettings> => settings;

/** Never rejects; calls of the doors do. */
const reader: Promise<ClientOptions> = settings.then(({ api }) => ({ baseUrl: api, fetch: askAsReader(api) }));

/** The doors that `create` makes clients of, once the page knows where the API is. */
export const openDoors = <Client>(create: (reader: ClientOptions) => Client): (() => Promise<Client>) => {
  const client = reader.then(create);
  return () => client;
};
