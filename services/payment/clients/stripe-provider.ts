/**
 * Stripe behind the port. A payment is one payment intent, captured by hand; each step has one idempotency key, so that a repeated call
 * finds what the first one did. Stripe forgets keys after a day, so older attempts and all refunds are looked up by our ids first.
 */
import type Stripe from 'stripe';
import { Refusal } from '../../kit/values/refusal.ts';
import type { Charge } from '../domain/payment.ts';
import { type ListedCharge, type PaymentProvider, ProviderSilence } from './payment-provider.ts';
import { chargeFrom, paymentIdKey, refundIdKey, refundsOf } from './stripe-charge.ts';
import { declineReasonOf } from './stripe-declines.ts';

/** Stripe keeps idempotency keys for at least 24 hours; an hour of it is left for clocks that differ. */
const keysLastMs = 23 * 3_600_000;

type StripeProblem = Error & Pick<Stripe.errors.StripeError, 'type' | 'code' | 'decline_code' | 'param'>;

const isStripeProblem = (problem: unknown): problem is StripeProblem =>
  problem instanceof Error && 'type' in problem && String(problem.type).startsWith('Stripe');

/** What Stripe answers when it did nothing for want of rights: the key is wrong, which waiting does not mend. */
const refusedKeys: ReadonlySet<string> = new Set(['StripeAuthenticationError', 'StripePermissionError']);
/** What was understood and refused: nothing happened, and asking again would be refused again. */
const refusedRequests: ReadonlySet<string> = new Set(['StripeCardError', 'StripeInvalidRequestError']);
/** Requests about the card and the amount, not about us: a decline. */
const buyersParameters = /^(payment_method|confirmation_token|card|amount|currency)/;
/** What Stripe's form in a browser gives: the buyer is at the page, and can prove to the bank who pays. */
const isFromBrowser = (token: string): boolean => token.startsWith('ctoken_');

/** Throws what the service understands: silence where the outcome is unknown, a refusal where the key is; returns other refusals of Stripe. */
const refusalOf = (call: string, problem: unknown): StripeProblem => {
  if (!isStripeProblem(problem)) throw problem;
  if (refusedKeys.has(problem.type))
    throw new Refusal(
      'unavailable',
      'payment.provider-refuses-key',
      'Stripe refuses the key of this shop; put a valid one into STRIPE_SECRET_KEY.',
      { retryAfterSeconds: 30, cause: problem },
    );
  if (refusedRequests.has(problem.type)) return problem;
  throw new ProviderSilence(call, { cause: problem });
};

/** States of intents in which nobody knows the outcome yet. */
const undecided: ReadonlySet<Stripe.PaymentIntent.Status> = new Set(['processing', 'requires_action']);

/** An intent that is begun and whose card nobody has tried yet: Stripe tells of it while the request that begins it is under way. */
const isUntried = ({ status, last_payment_error: problem }: Stripe.PaymentIntent): boolean =>
  status === 'requires_confirmation' || (status === 'requires_payment_method' && problem === null);

type Confirming = Partial<Stripe.PaymentIntentCreateParams>;

/** Stripe's script asks the buyer in the shop's own page, so that no address to come back to is needed. */
const byBuyer = (token: string): Confirming => ({
  confirmation_token: token,
  allowed_payment_method_types: ['card'],
  use_stripe_sdk: true,
});

/** Nobody waits at a page to prove who he is: a card that asks for it is declined instead of left open. */
const byNobody = (method: string): Confirming => ({
  payment_method: method,
  error_on_requires_action: true,
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
});

type Wish = Parameters<PaymentProvider['authorise']>[0];

export type StripeProviderParts = {
  /** With `maxNetworkRetries: 0`: asking again is up to the callers, who have a budget for it. */
  readonly stripe: Stripe;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
};

export const createStripeProvider = ({ stripe, now }: StripeProviderParts): PaymentProvider => {
  const whole = async (intent: Stripe.PaymentIntent): Promise<Charge> =>
    chargeFrom(intent, await refundsOf(stripe, intent));

  const find = async (reference: string): Promise<Charge> => {
    try {
      const intent = await stripe.paymentIntents.retrieve(reference);
      if (isUntried(intent)) throw new ProviderSilence(`the outcome of ${intent.id}`);
      return await whole(intent);
    } catch (problem) {
      throw refusalOf('find', problem);
    }
  };

  /** Takes the answer, or where Stripe refuses the step the charge as it is: voided, or captured already. */
  const step = async (call: string, reference: string, act: () => Promise<Stripe.PaymentIntent>): Promise<Charge> => {
    const acted = await act().catch((problem: unknown) => refusalOf(call, problem));
    if (!(acted instanceof Error)) return whole(acted);
    if (acted.type === 'StripeInvalidRequestError' && acted.code === 'resource_missing') throw acted;
    return find(reference);
  };

  const declined = (key: string, problem: StripeProblem & { payment_intent?: { id: string } }): Charge => ({
    reference: problem.payment_intent?.id ?? `refused:${key}`,
    status: 'declined',
    captured: 0,
    refunds: [],
    declineReason: declineReasonOf(problem),
  });

  /** The intent of a payment that was begun so long ago that its key may be forgotten; by then the search knows it. */
  const searched = async (key: string): Promise<Stripe.PaymentIntent | undefined> => {
    const { data } = await stripe.paymentIntents.search({ query: `metadata['${paymentIdKey}']:'${key}'`, limit: 2 });
    if (data.length > 1) throw new Error(`Stripe has ${data.length} payment intents for ${key}; settle with Stripe`);
    return data[0];
  };

  /** The customer of a saved card, such as the shop's own for proofs; Stripe charges such a card under its customer alone. */
  const customerOf = async (token: string): Promise<string | undefined> => {
    if (!token.startsWith('pm_')) return undefined;
    const { customer } = await stripe.paymentMethods.retrieve(token);
    return typeof customer === 'string' ? customer : customer?.id;
  };

  /** A token of a card form becomes a payment method first: intents take nothing else. */
  const methodOf = async ({ key, token }: Wish): Promise<string> => {
    if (token.startsWith('pm_') || isFromBrowser(token)) return token;
    const made = { type: 'card', card: { token } } as const;
    return (await stripe.paymentMethods.create(made, { idempotencyKey: `${key}:card` })).id;
  };

  const begin = ({ key, amount }: Wish, method: string, customer?: string): Promise<Stripe.PaymentIntent> =>
    stripe.paymentIntents.create(
      {
        amount: amount.amount,
        currency: amount.currency.toLowerCase(),
        // Also where the money is to be taken at once: a repeated attempt must ask for the same under its key, whoever makes it.
        capture_method: 'manual',
        confirm: true,
        metadata: { [paymentIdKey]: key },
        ...(isFromBrowser(method) ? byBuyer(method) : byNobody(method)),
        ...(customer !== undefined && { customer }),
      },
      { idempotencyKey: customer === undefined ? `${key}:authorise` : `${key}:authorise-saved` },
    );

  /** The answer to a repeated request is the first one's: what the buyer did meanwhile is read. */
  const current = (intent: Stripe.PaymentIntent): Promise<Charge> =>
    intent.status === 'requires_action' ? find(intent.id) : whole(intent);

  return {
    authorise: async (request) => {
      try {
        const known = now() - request.begunAt.getTime() > keysLastMs ? await searched(request.key) : undefined;
        return await current(known ?? (await begin(request, await methodOf(request))));
      } catch (problem) {
        const refused = refusalOf('authorise', problem);
        if (refused.type === 'StripeCardError') return declined(request.key, refused);
        if (!buyersParameters.test(refused.param ?? '')) throw refused;
        const customer = await customerOf(request.token).catch(() => undefined);
        if (customer === undefined) return declined(request.key, refused);
        const saved = await begin(request, request.token, customer).catch((again: unknown) =>
          refusalOf('authorise', again),
        );
        return saved instanceof Error ? declined(request.key, saved) : whole(saved);
      }
    },
    capture: ({ reference }) =>
      step('capture', reference, () =>
        stripe.paymentIntents.capture(reference, {}, { idempotencyKey: `${reference}:capture` }),
      ),
    void: ({ reference }) =>
      step('void', reference, () =>
        stripe.paymentIntents.cancel(reference, {}, { idempotencyKey: `${reference}:void` }),
      ),
    refund: async ({ reference, refundId, amount }) => {
      const before = await find(reference);
      if (before.refunds.some((refund) => refund.refundId === refundId)) return before;
      await stripe.refunds
        .create(
          { payment_intent: reference, amount: amount.amount, metadata: { [refundIdKey]: refundId } },
          { idempotencyKey: `${reference}:${refundId}` },
        )
        .catch((problem: unknown) => refusalOf('refund', problem));
      return find(reference);
    },
    find: ({ reference }) => find(reference),
    knows: async ({ reference }) => {
      const found = await stripe.paymentIntents
        .retrieve(reference)
        .catch((problem: unknown) => refusalOf('find', problem));
      if (!(found instanceof Error)) return true;
      if (found.code === 'resource_missing') return false;
      throw found;
    },
    charges: async function* ({ since, until }): AsyncGenerator<ListedCharge> {
      const created = { gte: Math.floor(since.getTime() / 1000), lt: Math.floor(until.getTime() / 1000) };
      for await (const intent of stripe.paymentIntents.list({ created, limit: 100, expand: ['data.latest_charge'] })) {
        const key = intent.metadata[paymentIdKey];
        // Other systems of the company may use the same account.
        if (key === undefined || undecided.has(intent.status)) continue;
        const charge = await whole(intent);
        yield { ...charge, key, amount: intent.amount, currency: intent.currency.toUpperCase() };
      }
    },
  };
};
