/**
 * Stripe's script as a browser meets it, for pages that are really the shop's: the calls of its documentation, its frames at its own
 * addresses, and its API, behind which stands the peer of the payment service. Stripe itself cannot be reached from tests.
 */
import type { BrowserContext, Route } from 'playwright-core';
import type { StripePeer } from '../../payment/testing/stripe-peer.ts';

/** Cards of Stripe's documentation of tests, by what becomes of them. */
export const stripeCards = {
  visa: '4242424242424242',
  declined: '4000000000000002',
  authenticate: '4000002500003155',
} as const;

const script = `
(() => {
  const api = async (path, body) => {
    const answer = await fetch('https://api.stripe.com/v1/' + path, { method: 'POST', body: new URLSearchParams(body) });
    return answer.json();
  };
  const frameOf = (src, title) => Object.assign(document.createElement('iframe'), { src, title, width: '100%', height: 150 });
  const told = (frame) => new Promise((resolve) => addEventListener('message', function hear(event) {
    if (event.source !== frame.contentWindow) return;
    removeEventListener('message', hear);
    resolve(event.data);
  }));
  window.Stripe = Object.assign((key) => ({
    _registerWrapper() {},
    elements(options) {
      const heard = {};
      const frame = frameOf('https://js.stripe.com/elements-inner.html', 'Secure payment input frame');
      frame.addEventListener('load', () => heard.ready?.());
      const read = () => {
        const answer = told(frame);
        frame.contentWindow.postMessage('read', '*');
        return answer;
      };
      return {
        options, read,
        update: (changes) => Object.assign(options, changes),
        submit: async () => (await read()).number ? {} : { error: { type: 'validation_error', message: 'Your card number is incomplete.' } },
        create: () => ({ on: (name, hear) => { heard[name] = hear; }, mount: (place) => place.append(frame), destroy: () => frame.remove() }),
      };
    },
    async createConfirmationToken({ elements }) {
      const { number } = await elements.read();
      const { amount, currency, captureMethod } = elements.options;
      const answer = await api('confirmation_tokens', { key, number, amount, currency, captureMethod });
      return answer.error ? { error: answer.error } : { confirmationToken: answer };
    },
    async handleNextAction({ clientSecret }) {
      const dialog = document.createElement('dialog');
      const frame = frameOf('https://hooks.stripe.com/3d_secure_2', 'Your bank');
      dialog.append(frame);
      dialog.setAttribute('aria-label', 'Your bank');
      document.body.append(dialog);
      dialog.showModal();
      const { outcome } = await told(frame);
      dialog.remove();
      if (outcome === 'left') return { error: { type: 'invalid_request_error', message: 'The buyer closed the window.' } };
      const intent = await api('3ds2/authenticate', { key, clientSecret, outcome });
      return outcome === 'complete' ? { paymentIntent: intent } : { error: { code: 'payment_intent_authentication_failure' } };
    },
  }), { version: 'endive' });
})();`;

const cardFrame = `<!doctype html><html lang="en"><title>Card</title><body style="font: 16px sans-serif"><main>
  <label>Card number <input autocomplete="cc-number" inputmode="numeric"></label></main>
  <script>addEventListener('message', (event) => event.source.postMessage({ number: document.querySelector('input').value }, '*'))</script>`;

const bankFrame = `<!doctype html><html lang="en"><title>Bank</title><body><main>
  <button>complete</button> <button>fail</button> <button>left</button></main>
  <script>for (const button of document.querySelectorAll('button')) button.onclick = () => parent.postMessage({ outcome: button.textContent }, '*')</script>`;

export type StripeInBrowser = {
  /** Bodies of the requests for tokens, oldest first. */
  readonly tokensAsked: URLSearchParams[];
  /** Whether the script comes; what blocks scripts or lines makes it false. */
  isReachable: boolean;
};

/** Answers a context's requests to Stripe. */
export const serveStripe = async (context: BrowserContext, peer: StripePeer): Promise<StripeInBrowser> => {
  const state: StripeInBrowser = { tokensAsked: [], isReachable: true };
  const page = (body: string) => ({ contentType: 'text/html', body });
  await context.route('https://js.stripe.com/**', (route) => {
    if (!state.isReachable) return route.abort('blockedbyclient');
    return route.fulfill(
      route.request().url().endsWith('stripe.js') ? { contentType: 'text/javascript', body: script } : page(cardFrame),
    );
  });
  await context.route('https://hooks.stripe.com/**', (route) => route.fulfill(page(bankFrame)));
  const answer = (route: Route, json: object) =>
    route.fulfill({ json, headers: { 'access-control-allow-origin': '*' } });
  await context.route('https://api.stripe.com/**', async (route) => {
    const asked = new URLSearchParams(route.request().postData() ?? '');
    if (route.request().url().endsWith('/confirmation_tokens')) {
      state.tokensAsked.push(asked);
      const [card] = Object.entries(stripeCards).find(([, number]) => number === asked.get('number')) ?? [];
      if (card === undefined)
        return answer(route, { error: { type: 'card_error', message: 'Your card number is invalid.' } });
      return answer(route, { id: `ctoken_${card}__${state.tokensAsked.length}`, object: 'confirmation_token' });
    }
    const [id = ''] = (asked.get('clientSecret') ?? '').split('_secret_');
    peer.answerOfBank(id, asked.get('outcome') === 'complete');
    return answer(route, { id, status: peer.intents.get(id)?.status });
  });
  return state;
};
