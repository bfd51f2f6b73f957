/** What a browser gets from a site beside its files, which are the same in every environment. */

export type SiteConfig = {
  /** Start of every call to the shop, on the site's own origin. */
  readonly api: string;
  /** Start of the assistant's doors, on the same origin. */
  readonly assistant: string;
  /** Name of the environment, for a mark on the page and for reports of errors. */
  readonly environment: string;
};

/** What pages read at `/config.json` before anything else. Addresses are paths, so the same build serves every environment. */
export const siteConfig = (environment: string): SiteConfig => ({
  api: '/api/v1',
  assistant: '/api/ai',
  environment,
});

/** Pages load nothing from elsewhere but pictures, and stand in nobody's frame. */
export const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' https: data:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'";

/** Headers of every file, as CloudFront adds them (lib/constructs/edge/static-site.ts), but for those that only TLS gives a meaning. */
export const siteHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
};
