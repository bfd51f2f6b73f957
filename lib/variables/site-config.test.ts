import { describe, expect, test } from '@jest/globals';
import { services } from '../services.ts';
import { contentSecurityPolicyOf, siteConfigOf, toldProblems, toldValues } from './site-config.ts';

const keyOf = (...parts: string[]) => [...parts, 'peerPeerPeerPeer'].join('_');
const stripe = (key: string | undefined) => ({ PAYMENT_PROVIDER: 'stripe', STRIPE_PUBLISHABLE_KEY: key });

describe('what a site tells browsers', () => {
  test('is what services declare for it, by default the cards of the sandbox', () => {
    const told = toldValues('storefront', services, () => undefined);
    expect(siteConfigOf('local', told).cards).toEqual({ provider: 'sandbox' });
    expect(
      siteConfigOf(
        'local',
        toldValues('console', services, () => undefined),
      ),
    ).not.toHaveProperty('cards');
  });

  test('names Stripe and the publishable key where Stripe takes the cards', () => {
    const publishableKey = keyOf('pk', 'live');
    expect(siteConfigOf('production', stripe(publishableKey)).cards).toEqual({ provider: 'stripe', publishableKey });
  });

  test.each([
    ['a secret key', keyOf('sk', 'live'), 'must be a publishable key'],
    ['a restricted key', keyOf('rk', 'test'), 'must be a publishable key'],
    ['a placeholder', '<your-publishable-key>', 'is a placeholder'],
    ['nothing', '', 'must be a publishable key'],
    ['no value', undefined, 'is missing'],
  ])('is never %s, which is refused by its name and not repeated', (_, key, why) => {
    const problems = toldProblems(stripe(key));
    expect(problems).toEqual([['STRIPE_PUBLISHABLE_KEY', expect.stringContaining(why)]]);
    if (key) expect(JSON.stringify(problems)).not.toContain(key);
    expect(() => siteConfigOf('production', stripe(key))).toThrow(`STRIPE_PUBLISHABLE_KEY ${why}`);
  });

  test('is never a provider that nobody knows', () => {
    expect(toldProblems({ PAYMENT_PROVIDER: 'paypal' })).toEqual([['PAYMENT_PROVIDER', expect.any(String)]]);
  });
});

describe('the security policy of a page', () => {
  const policyWith = (told: Record<string, string>) => contentSecurityPolicyOf(siteConfigOf('production', told));

  test('knows nobody else where the sandbox takes the cards, or nobody does', () => {
    for (const policy of [policyWith({}), policyWith({ PAYMENT_PROVIDER: 'sandbox' })]) {
      expect(policy).toContain("default-src 'self'");
      expect(policy).not.toContain('stripe');
    }
  });

  test('admits the script, the frames and the API of Stripe where it takes the cards, and nothing inline', () => {
    const policy = policyWith(stripe(keyOf('pk', 'live')) as Record<string, string>);
    expect(policy).toContain("script-src 'self' https://js.stripe.com");
    expect(policy).toContain('frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com');
    expect(policy).toContain("connect-src 'self' https://api.stripe.com");
    expect(policy).not.toContain('unsafe');
  });
});
