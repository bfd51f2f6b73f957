/** The provider that the configuration names, behind the port and with a deadline on every call. */
import type * as z from 'zod';
import type { ServiceContext } from '../../kit/context.ts';
import { openPool } from '../../kit/start/open-owned.ts';
import type { RunningService } from '../../kit/start/running-service.ts';
import type { paymentConfig } from '../config.ts';
import type { Charge } from '../domain/payment.ts';
import { type Notice, type PaymentProvider, withDeadline } from './payment-provider.ts';
import { createSandboxProvider } from './sandbox-provider.ts';
import { createStripeClient } from './stripe-client.ts';
import { readStripeNotice } from './stripe-notices.ts';
import { createStripeProvider } from './stripe-provider.ts';

type Own = z.output<typeof paymentConfig>;

export type OpenedProvider = {
  readonly provider: PaymentProvider;
  /** Reads what the provider tells of its own accord: see `readStripeNotice`; undefined where it tells nothing over HTTP. */
  readonly readNotice: ((sent: { body: string; signature: string }) => Notice | null | undefined) | undefined;
  readonly resources: NonNullable<RunningService['resources']>;
};

/** How much later than our patience the sandbox answers when it is asked to be late. */
const latenessMs = 1_000;
/** The sandbox's own connections: it stands for another company, whose commits are not ours. */
const sandboxConnections = 2;

const openStripe = async ({ config, clock }: ServiceContext<Own>): Promise<OpenedProvider> => {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: secret, ...own } = config.own;
  // Read as needed by the manifest, so that a missing one is refused by its name before this.
  if (secretKey === undefined || secret === undefined) throw new Error('Stripe needs its key and its webhook secret');
  const timeoutMs = own.PROVIDER_TIMEOUT_MS;
  const stripe = await createStripeClient({ secretKey, apiUrl: own.STRIPE_API_URL, timeoutMs });
  return {
    provider: withDeadline(createStripeProvider({ stripe, now: () => clock.now().getTime() }), timeoutMs),
    readNotice: (sent) => readStripeNotice(stripe, { ...sent, secret }),
    resources: [],
  };
};

const openSandbox = (
  context: ServiceContext<Own>,
  onNotice: (key: string, charge: Charge) => Promise<void>,
): OpenedProvider => {
  const timeoutMs = context.config.own.PROVIDER_TIMEOUT_MS;
  const books = openPool(context, { connections: sandboxConnections, poolName: 'sandbox' });
  const sandbox = createSandboxProvider({ books, lateMs: timeoutMs + latenessMs, onNotice });
  return {
    provider: withDeadline(sandbox, timeoutMs),
    readNotice: undefined,
    resources: [{ name: 'sandbox', close: () => books.close() }],
  };
};

/**
 * Opens it.
 * @param onNotice hears what the sandbox tells of its own accord; Stripe tells it over HTTP
 */
export const openProvider = async (
  context: ServiceContext<Own>,
  onNotice: (key: string, charge: Charge) => Promise<void>,
): Promise<OpenedProvider> =>
  context.config.own.PAYMENT_PROVIDER === 'stripe' ? openStripe(context) : openSandbox(context, onNotice);
