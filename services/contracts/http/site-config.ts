/** `/config.json`: what a page reads before anything else, from the gateway and from a site beside its files alike. */
import { z } from 'zod';
import { apiPrefix } from './api-prefix.ts';

/** A key that Stripe means for browsers. Secret ones look alike but for their beginning, and would be read by everybody. */
export const stripePublishableKeySchema = z
  .string()
  .regex(
    /^pk_(test|live)_\w{16,}$/,
    'must be a publishable key of Stripe, pk_...; every browser reads it, and a secret one, sk_ or rk_, moves money',
  );

/** Who takes the cards of a shop, and what its form needs to know. */
export const cardFormSchema = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('sandbox') }),
  z.strictObject({ provider: z.literal('stripe'), publishableKey: stripePublishableKeySchema }),
]);

export const siteConfigSchema = z
  .strictObject({
    /** Start of every call to the shop, on the page's own origin. */
    api: z.string(),
    /** Start of the assistant's doors, on the same origin. */
    assistant: z.string(),
    /** Name of the environment, for a mark on the page and for reports of errors. */
    environment: z.string(),
    /** How cards are taken; absent where no page takes any: at the gateway, and at sites without a checkout. */
    cards: cardFormSchema.optional(),
    /** Where mails can be read that were sent by a shop on this machine; absent anywhere else. */
    mailbox: z.string().optional(),
  })
  .meta({ example: { api: '/api/v1', assistant: '/api/ai', environment: 'production' } });

export type SiteConfig = z.output<typeof siteConfigSchema>;

/** Addresses are paths, so the same build of a page serves every environment. */
export const siteConfig = (environment: string): SiteConfig => ({
  api: apiPrefix,
  assistant: '/api/ai',
  environment,
});
