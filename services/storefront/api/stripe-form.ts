/** Stripe's own script, which comes from Stripe alone and only for those who pay; its form keeps card numbers from this page. */
import type { Appearance, Stripe } from '@stripe/stripe-js';
import { loadStripe } from '@stripe/stripe-js/pure/index.js';

/** Milliseconds until the script counts as blocked. */
const scriptWithinMs = 15_000;

const loaded = new Map<string, Promise<Stripe>>();

const load = async (publishableKey: string, locale: 'en' | 'de'): Promise<Stripe> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('the script of Stripe does not come')), scriptWithinMs);
  try {
    const stripe = await Promise.race([loadStripe(publishableKey, { locale }), late.promise]);
    if (!stripe) throw new Error('the script of Stripe needs a window');
    return stripe;
  } finally {
    clearTimeout(timer);
  }
};

/** Stripe for this shop; one that did not come is asked for again by the next call. */
export const openStripe = (publishableKey: string, locale: 'en' | 'de'): Promise<Stripe> => {
  const key = `${publishableKey} ${locale}`;
  const known = loaded.get(key);
  if (known) return known;
  const loading = load(publishableKey, locale);
  loaded.set(key, loading);
  loading.catch(() => loaded.delete(key));
  return loading;
};

/**
 * How Stripe's frames look beside this page. They know none of its variables, so that the colours are read where the browser has worked
 * them out: of the place into which the form comes (styles/card-form.css).
 */
export const appearanceOf = (place: Element): Appearance => {
  const { color, backgroundColor, accentColor, caretColor, outlineColor } = getComputedStyle(place);
  return {
    theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'stripe',
    variables: {
      colorText: color,
      colorBackground: backgroundColor,
      colorPrimary: accentColor,
      colorDanger: caretColor,
      colorTextSecondary: outlineColor,
      borderRadius: '12px',
      fontFamily: 'ui-sans-serif, system-ui, sans-serif',
      fontSizeBase: '16px',
    },
  };
};
