/** What a browser gets from a site beside its files, which are the same in every environment. */
import {
  cardFormSchema,
  siteConfig as contractOf,
  type SiteConfig,
} from '../../services/contracts/http/site-config.ts';
import { isPlaceholder } from '../../services/kit/config/placeholder.ts';
import type { ServiceManifest } from '../../services/kit/manifest.ts';

/** Plain values of services that the pages of a site are told, by their keys. */
export type ToldValues = Readonly<Record<string, string | undefined>>;

/** The values that services declare with `toldTo` this site. */
export const toldValues = (
  site: string,
  services: readonly ServiceManifest[],
  given: (service: ServiceManifest, key: string) => string | undefined,
): ToldValues =>
  Object.fromEntries(
    services.flatMap((service) =>
      Object.entries(service.configuration)
        .filter(([, { toldTo }]) => toldTo === site)
        .map(([key, declared]) => [key, given(service, key) ?? declared.default]),
    ),
  );

/** Which value says what of the card form. */
const cardKeys = { provider: 'PAYMENT_PROVIDER', publishableKey: 'STRIPE_PUBLISHABLE_KEY' } as const;

const cardsFrom = (told: ToldValues) => {
  const provider = told[cardKeys.provider];
  return cardFormSchema.safeParse({
    provider,
    ...(provider === 'stripe' && { publishableKey: told[cardKeys.publishableKey] }),
  });
};

/** What is wrong with what a site would be told, as key and sentence; never the value, which may be a secret in the wrong place. */
export const toldProblems = (told: ToldValues): [key: string, sentence: string][] => {
  if (told[cardKeys.provider] === undefined) return [];
  const { error } = cardsFrom(told);
  const key = cardKeys.publishableKey;
  // What the site is not told yet is no key of anybody's.
  const value = told[key];
  if (value !== undefined && isPlaceholder(value)) return [[key, 'is a placeholder; set the real value']];
  return (error?.issues ?? []).map(({ path, message }) => {
    const named = cardKeys[path[0] as keyof typeof cardKeys] ?? cardKeys.provider;
    return [named, told[named] === undefined ? `is missing; ${key} is what the checkout asks Stripe with` : message];
  });
};

/** What `/config.json` says in an environment; stacks, which know no contract, and the local run take it from here. Throws where {@link toldProblems} finds something. */
export const siteConfigOf = (environment: string, told: ToldValues = {}): SiteConfig => {
  const [problem] = toldProblems(told);
  if (problem) throw new Error(`${problem[0]} ${problem[1]}`);
  return {
    ...contractOf(environment),
    ...(told[cardKeys.provider] !== undefined && { cards: cardsFrom(told).data }),
  };
};

/**
 * What Stripe's card form needs of a page: its script, the frames in which cards are typed and banks ask, and its API.
 * Source: Stripe, "Integration security guide", Content Security Policy; without the maps of address forms, which are not used here.
 */
const stripeSources = [
  "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
  'frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com',
];

const stripeApi = 'https://api.stripe.com';

/**
 * Pages load nothing from elsewhere but pictures and, where they take cards by Stripe, its form; and stand in nobody's frame. They send
 * nothing elsewhere but to Stripe, and to the given origins, which take the uploads that a service signs.
 */
export const contentSecurityPolicyOf = ({ cards }: SiteConfig, uploadOrigins: readonly string[] = []): string => {
  const reached = [...(cards?.provider === 'stripe' ? [stripeApi] : []), ...uploadOrigins];
  return [
    "default-src 'self'",
    ...(cards?.provider === 'stripe' ? stripeSources : []),
    ...(reached.length > 0 ? [`connect-src 'self' ${reached.join(' ')}`] : []),
    "img-src 'self' https: data:",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join('; ');
};

/** Headers of every file, as CloudFront adds them (lib/constructs/edge/static-site.ts), but for those that only TLS gives a meaning. */
export const siteHeadersOf = (config: SiteConfig, uploadOrigins: readonly string[] = []) => ({
  'content-security-policy': contentSecurityPolicyOf(config, uploadOrigins),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
});
