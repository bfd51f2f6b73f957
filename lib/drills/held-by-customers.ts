/** What customers hold that a secret of the shop signed or sealed before it is rotated, and whether it still works afterwards. */
import type { Tokens } from '../../services/contracts/http/accounts/auth-api.ts';
import type { Cart } from '../../services/contracts/http/cart-api.ts';
import type { Product } from '../../services/contracts/http/catalogue/product-api.ts';
import type { LocalState } from '../local/state.ts';
import { signalTarget } from '../replay/signal-target.ts';
import { type ApiClient, createApiClient } from '../shop/api-client.ts';
import { createCookieFetch } from '../shop/cookie-fetch.ts';
import { openMailFolder } from '../shop/mail-folder.ts';
import { pauseUnless } from '../shop/patiently.ts';
import type { DrillCheck } from './drill.ts';

const POLL_MS = 200;
const MAIL_WITHIN_MS = 60_000;

/** Whether a request is answered with anything but a refusal. */
export const isAnswered = (request: () => Promise<unknown>): Promise<boolean> =>
  request().then(
    () => true,
    () => false,
  );

const signUp = async (api: ApiClient, name: string) => {
  const email = `drill-${name}-${Date.now()}@customers.example`;
  const body = { email, password: 'a customer of the drill', name: 'Robin' };
  return { email, tokens: await api<Tokens>('/api/v1/auth/register', { method: 'POST', body }) };
};

/** A visitor without an account, with goods in the cart. */
const fillCart = async (api: ApiClient) => {
  const fetch = createCookieFetch();
  const { items } = await api<{ readonly items: readonly Product[] }>('/api/v1/products?limit=50');
  const product = items.find(({ stock }) => stock > 0);
  if (!product) throw new Error('no product of the first page is in stock; the drill needs one to put into a cart');
  const body = { productId: product.id, quantity: 1 };
  await api('/api/v1/cart/items', { method: 'POST', body, fetch });
  return async () => {
    const { items: kept } = await api<Cart>('/api/v1/cart', { fetch });
    return kept.some(({ productId }) => productId === product.id);
  };
};

/** The token of the link in the mail that an address was sent, once it is there. */
const linkIn = async ({ mailFolder }: LocalState, to: string, signal: AbortSignal): Promise<string> => {
  const mails = openMailFolder(mailFolder);
  for (const end = performance.now() + MAIL_WITHIN_MS; ; await pauseUnless(signal, POLL_MS)) {
    const [summary] = await mails.list({ to });
    const token = summary && /#([\w-]{40,})/.exec((await mails.read(summary.id))?.text ?? '')?.[1];
    if (token) return token;
    if (performance.now() > end) throw new Error(`no mail with a link came to ${to} within ${MAIL_WITHIN_MS / 1000} s`);
  }
};

export type Held = {
  /** Ends the process that was to send the last mail; once the platform stops, which would start it again otherwise. */
  endSender(): void;
  /** Asks the shop that was started with new secrets. */
  checks(): Promise<readonly DrillCheck[]>;
};

/** Fills a cart, signs in, has one link mailed and another one sealed for a sender that stands still. */
export const holdByCustomers = async (state: LocalState, signal: AbortSignal): Promise<Held> => {
  const api = createApiClient(state.gateway);
  const hasCart = await fillCart(api);
  const { tokens, email } = await signUp(api, 'mailed');
  const mailed = await linkIn(state, email, signal);
  const sender = await signalTarget(state.mailer ?? '', 'SIGSTOP', { dataFolder: state.dataFolder, signal });
  const unsent = await signUp(api, 'sealed');
  const proves = (token: string) => isAnswered(() => api('/api/v1/auth/verify', { method: 'POST', body: { token } }));
  return {
    endSender: () => process.kill(sender, 'SIGKILL'),
    checks: async () => [
      {
        sentence: 'a customer who was signed in stays it, and gets new tokens for the former ones',
        holds:
          (await isAnswered(() => api('/api/v1/me', { token: tokens.accessToken }))) &&
          (await isAnswered(() =>
            api('/api/v1/auth/refresh', { method: 'POST', body: { refreshToken: tokens.refreshToken } }),
          )),
      },
      { sentence: 'a guest keeps the cart', holds: await hasCart() },
      { sentence: 'a link that was mailed before works', holds: await proves(mailed) },
      {
        sentence: 'a link that was sealed before and not mailed yet is mailed, and works',
        holds: await linkIn(state, unsent.email, signal).then(proves, () => false),
      },
    ],
  };
};
