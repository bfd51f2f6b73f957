import type { StripeElements } from '@stripe/stripe-js';
import { useEffect, useRef, useState } from 'react';
import { appearanceOf, openStripe } from '../../api/stripe-form.ts';
import { useBuyingMessages, useLanguage } from '../../messages/language.tsx';
import { type CardFieldsProps, MissingCards, type TokenOf } from './missing-cards.tsx';

export type StripeCardsProps = CardFieldsProps & { readonly publishableKey: string };

/** Cards alone: what sends buyers to pages of others, or needs more of them in the security policy, is not offered. */
const wallets = { applePay: 'never', googlePay: 'never', link: 'never' } as const;

/** Stripe's card form, in a frame of Stripe's: what is typed there is seen by Stripe alone, which gives a token for it. */
export const StripeCards = ({ publishableKey, total, onReady }: StripeCardsProps) => {
  const { checkout } = useBuyingMessages();
  const { language } = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const opened = useRef<StripeElements>(null);
  const sum = useRef(total);
  const [state, setState] = useState<'loading' | 'ready' | 'missing'>('loading');
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try opens the form anew.
  useEffect(() => {
    const leaving = new AbortController();
    const open = async () => {
      const stripe = await openStripe(publishableKey, language);
      if (leaving.signal.aborted || !place.current || !sum.current) return;
      const { amount, currency } = sum.current;
      const elements = stripe.elements({
        mode: 'payment',
        amount,
        currency: currency.toLowerCase(),
        captureMethod: 'manual',
        allowedPaymentMethodTypes: ['card'],
        appearance: appearanceOf(place.current),
      });
      opened.current = elements;
      const form = elements.create('payment', { wallets });
      leaving.signal.addEventListener('abort', () => form.destroy());
      const tokenOf: TokenOf = async () => {
        const { error: incomplete } = await elements.submit();
        // The form has marked what is missing.
        if (incomplete) return { refused: incomplete.type === 'validation_error' ? undefined : incomplete.message };
        const { confirmationToken, error } = await stripe.createConfirmationToken({ elements });
        return confirmationToken ? { token: confirmationToken.id } : { refused: error?.message };
      };
      form.on('ready', () => {
        setState('ready');
        onReady(tokenOf);
      });
      form.on('loaderror', () => setState('missing'));
      form.mount(place.current);
    };
    open().catch(() => leaving.signal.aborted || setState('missing'));
    return () => {
      leaving.abort();
      onReady(null);
    };
  }, [publishableKey, language, onReady, tries]);

  useEffect(() => {
    sum.current = total;
    if (total) void opened.current?.update({ amount: total.amount, currency: total.currency.toLowerCase() });
  }, [total]);

  const again = () => {
    setState('loading');
    setTries((before) => before + 1);
  };
  return (
    <>
      {state === 'loading' && (
        <p className="fine" role="status">
          {checkout.cardLoading}
        </p>
      )}
      {state === 'missing' && <MissingCards retry={again} />}
      <div ref={place} className="card-form" hidden={state === 'missing'} />
    </>
  );
};
