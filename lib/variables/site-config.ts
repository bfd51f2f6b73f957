/** What a browser gets from a site beside its files, which are the same in every environment. */
import { siteConfig as contractOf, type SiteConfig } from '../../services/contracts/http/site-config.ts';

/** What `/config.json` says in an environment; stacks, which know no contract, and the local run take it from here. */
export const siteConfigOf = (environment: string): SiteConfig => contractOf(environment);

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
