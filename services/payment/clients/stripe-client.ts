import type Stripe from 'stripe';

export type StripeClientParts = {
  readonly secretKey: string;
  /** Base URL of the API; `https://api.stripe.com` but in tests. */
  readonly apiUrl: string;
  /** Milliseconds for one answer. */
  readonly timeoutMs: number;
};

/** Stripe's own client. Loaded only where it is used: it would cost every other process its memory. */
export const createStripeClient = async ({ secretKey, apiUrl, timeoutMs }: StripeClientParts): Promise<Stripe> => {
  const { default: StripeApi } = await import('stripe');
  const { protocol, hostname, port } = new URL(apiUrl);
  return new StripeApi(secretKey, {
    protocol: protocol === 'http:' ? 'http' : 'https',
    host: hostname,
    port: port || (protocol === 'http:' ? 80 : 443),
    timeout: timeoutMs,
    // One try: the callers ask again, each with its own budget, and a retry inside of their deadline would come too late anyway.
    maxNetworkRetries: 0,
    telemetry: false,
    appInfo: { name: 'CloudMart' },
  });
};
