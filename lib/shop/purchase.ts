/** Buys something the way a new customer does, through the public door alone, and says what came of it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ApiProblem, askJson, type CallOptions } from '../../services/contracts/http/ask.ts';
import type { Cart } from '../../services/contracts/http/cart-api.ts';
import type { Product } from '../../services/contracts/http/catalogue/product-api.ts';
import type { ShopClient } from '../../services/contracts/http/client.ts';
import { type Order, type OrderStatus, settledStatuses } from '../../services/contracts/http/order-api.ts';
import { newTraceparent, traceIdOf } from '../../services/kit/telemetry/tracing.ts';
import { formatMoney } from '../../services/kit/values/money.ts';
import { confirmationId, type MailSummary } from './mail-folder.ts';

export type PurchaseProof = {
  readonly order: {
    readonly id: string;
    readonly state: OrderStatus;
    readonly amount: number;
    readonly currency: string;
    readonly items: number;
  };
  readonly charge: {
    readonly paymentId: string;
    readonly status: string;
    readonly captured: number;
    readonly currency: string;
  };
  /** Absent where the shop sends no mails. */
  readonly mail?: { readonly to: string; readonly subject: string; readonly url: string };
};

/** What was charged, for people: `$26.98`. */
export const chargedAmount = ({ captured, currency }: PurchaseProof['charge']): string =>
  formatMoney({ amount: captured, currency });

/** The purchase did not come out as it must; the message says at which step and what was seen. */
export class PurchaseFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PurchaseFailed';
  }
}

export type BuyerParts = {
  readonly api: ShopClient;
  /** Address of the account that is made for this purchase. */
  readonly email: string;
  /** Token of the card that is charged. */
  readonly card: string;
  /** Gets one sentence per step. */
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
};

/** A purchase that was decided in the customer's favour, and the customer who made it. */
export type Purchase = {
  readonly order: Order;
  readonly email: string;
  readonly token: string;
  /** Names the trace of all its requests, which every event that follows from them carries on. */
  readonly traceId: string;
  /** `performance.now()` when the order was accepted. */
  readonly placedAt: number;
};

export type PurchaseParts = Pick<BuyerParts, 'api' | 'say' | 'signal'> & {
  /** Address of the mailbox to which the confirmation must come; undefined: the shop sends no mails. */
  readonly mailbox: string | undefined;
  /** Token of a member of staff, who may look at payments. */
  readonly staffToken: string;
};

const ITEMS = 2;
const WAIT_MS = 30_000;
const POLL_MS = 100;
const BOUGHT: readonly OrderStatus[] = ['paid', 'processing', 'shipped', 'delivered'];

/** Asks until there is an answer; a service that just restarted may refuse a few times. */
const waitFor = async <T>(what: string, ask: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> => {
  let last: unknown;
  for (
    const until = performance.now() + WAIT_MS;
    performance.now() < until;
    await pause(POLL_MS, undefined, { signal })
  ) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (problem) {
      if (problem instanceof ApiProblem && problem.status < 500) throw problem;
      last = problem;
    }
  }
  throw new PurchaseFailed(`${what} did not come within ${WAIT_MS / 1000} s`, { cause: last });
};

const chooseProducts = async (api: ShopClient, call: CallOptions): Promise<Product[]> => {
  const { items } = await api.products.list({ query: { limit: 100 } }, call);
  const available = items.filter(({ stock }) => stock > 0);
  if (available.length === 0)
    throw new PurchaseFailed('the catalogue offers nothing in stock; load it again with an empty data folder');
  const start = randomBytes(1)[0] as number;
  return Array.from(
    { length: Math.min(ITEMS, available.length) },
    (_, index) => available[(start + index) % available.length] as Product,
  );
};

/** Orders the cart as it was last seen, at the total that it showed. */
const placeOrder = async (api: ShopClient, call: CallOptions, card: string, { version, total }: Cart) => {
  const { body } = await api.orders.place(
    {
      headers: { 'idempotency-key': randomUUID() },
      body: {
        shippingAddress: {
          name: 'Robin Proof',
          street: '1 Example Street',
          city: 'Springfield',
          state: 'IL',
          zip: '62701',
          country: 'US',
        },
        payment: { method: 'card', token: card },
        cartVersion: version,
        expectedTotal: total ?? undefined,
      },
    },
    call,
  );
  return body.order;
};

/**
 * Registers, fills a cart, orders it, and waits until it is paid. Throws {@link PurchaseFailed} or the refusal of the door
 * that said no.
 */
export const buySomething = async ({ api, email, card, say, signal }: BuyerParts): Promise<Purchase> => {
  const traceparent = newTraceparent();
  const traced = { headers: { traceparent }, signal };
  const products = await chooseProducts(api, traced);
  const account = { email, password: randomBytes(18).toString('base64url'), name: 'Robin Proof' };
  const { accessToken: token } = await api.accounts.register({ body: account }, traced);
  const call = { ...traced, token };
  say(`registered ${email}`);
  for (const { id } of products) await api.cart.add({ body: { productId: id, quantity: 1 } }, call);
  const cart = await api.cart.show({ query: { prices: 'now' } }, call);
  say(`put ${products.map(({ title }) => `"${title}"`).join(' and ')} into the cart`);

  const placed = await placeOrder(api, call, card, cart);
  const placedAt = performance.now();
  say(`ordered ${placed.id} for ${formatMoney(placed.total)}`);
  const order = await waitFor(
    `a decision on order ${placed.id}`,
    async () => {
      const { order } = await api.orders.find({ params: { id: placed.id } }, call);
      return settledStatuses.includes(order.status) ? order : undefined;
    },
    signal,
  );
  if (!BOUGHT.includes(order.status))
    throw new PurchaseFailed(
      `order ${order.id} ended as ${order.status}${order.payment.failure ? ` (${order.payment.failure})` : ''} instead of paid`,
    );
  const expected = products.reduce((sum, { price }) => sum + price.amount, 0);
  if (order.total.amount !== expected)
    throw new PurchaseFailed(`order ${order.id} costs ${order.total.amount}, but its goods cost ${expected}`);
  return { order, email, token, traceId: traceIdOf(traceparent), placedAt };
};

/** Accounts are mailed too, so that the address alone does not tell. */
const confirmationIn = async (mailbox: string, { email, order }: Purchase, signal: AbortSignal) => {
  const { id, subject } = await waitFor(
    `the mail to ${email}`,
    async () =>
      (await askJson<{ items: MailSummary[] }>(`${mailbox}/mails?to=${encodeURIComponent(email)}`)).items.find(
        ({ notificationId }) => notificationId === confirmationId(order.id),
      ),
    signal,
  );
  return { to: email, subject, url: `${mailbox}/mails/${encodeURIComponent(id)}/view` };
};

/** Makes the purchase and looks at its charge and its mail. Throws {@link PurchaseFailed} or the refusal of the door that said no. */
export const provePurchase = async ({
  api,
  mailbox,
  staffToken,
  say,
  signal,
}: PurchaseParts): Promise<PurchaseProof> => {
  const email = `robin-${randomBytes(6).toString('hex')}@customers.example`;
  const purchase = await buySomething({ api, email, card: 'tok_visa', say, signal });
  const { order } = purchase;
  const expected = order.total.amount;

  const payment = await waitFor(
    `the charge of order ${order.id}`,
    async () =>
      (await api.payments.list({ query: { orderId: order.id } }, { token: staffToken, signal })).items.find(
        ({ status }) => status === 'captured',
      ),
    signal,
  );
  if (payment.captured.amount !== expected)
    throw new PurchaseFailed(`order ${order.id} was charged ${payment.captured.amount} instead of ${expected}`);
  say(`order is ${order.status}; ${payment.id} charged ${formatMoney(payment.captured)}`);

  const mail = mailbox === undefined ? undefined : await confirmationIn(mailbox, purchase, signal);
  say(mail ? `mail "${mail.subject}" is in the mailbox` : 'no mail is awaited: no service sends any');
  return {
    order: {
      id: order.id,
      state: order.status,
      amount: order.total.amount,
      currency: order.total.currency,
      items: order.items.length,
    },
    charge: {
      paymentId: payment.id,
      status: payment.status,
      captured: payment.captured.amount,
      currency: payment.captured.currency,
    },
    mail,
  };
};
