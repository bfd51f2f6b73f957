import { createShopClient } from '../../services/contracts/http/client.ts';
import { patiently } from '../shop/patiently.ts';
import { readState } from './state.ts';

/** Seconds for which one batch is asked again while a service is started again. */
const patienceSeconds = 60;
const tokenAgeMs = 5 * 60_000;

/** The bulk door of the platform that runs on a folder, opened as its staff. Throws `StartRefused` when none does. */
export const importDoor = async (data: string, signal: AbortSignal) => {
  const { gateway, staff } = await readState(data);
  const api = createShopClient({ baseUrl: gateway, signal });
  const ask = <T>(work: () => Promise<T>): Promise<T> =>
    patiently(work, { seconds: patienceSeconds, onRetry: () => undefined, signal });
  // Anew every few minutes: a file may take longer than a token lives, and log-ins are limited.
  let signedIn = { token: '', at: Number.NEGATIVE_INFINITY };
  const token = async () => {
    if (performance.now() - signedIn.at > tokenAgeMs)
      signedIn = { token: (await api.accounts.logIn({ body: staff })).accessToken, at: performance.now() };
    return signedIn.token;
  };
  return (items: object[]) => ask(async () => api.products.load({ body: { items } }, { token: await token() }));
};
