import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { textOf } from '../../../site-kit/components/site-form.tsx';
import { settingsQuery } from '../../api/queries.ts';
import { useBuyingMessages } from '../../messages/language.tsx';
import { type CardFieldsProps, MissingCards, type TokenOf } from './missing-cards.tsx';

const StripeCards = lazy(async () => ({ default: (await import('./stripe-cards.tsx')).StripeCards }));

const cards = ['tok_visa', 'tok_declined', 'tok_insufficient'] as const;

const chosenCard: TokenOf = async (form) => ({ token: textOf(form, 'payment.token') ?? '' });

const SandboxCards = ({ onReady }: Pick<CardFieldsProps, 'onReady'>) => {
  const { checkout } = useBuyingMessages();
  useEffect(() => onReady(chosenCard), [onReady]);
  return (
    <>
      <p className="fine">{checkout.sandbox}</p>
      <div className="cards">
        {cards.map((token, at) => (
          <label key={token} className="card-choice">
            <input type="radio" name="payment.token" value={token} defaultChecked={at === 0} />
            <span>{checkout.cards[token]}</span>
          </label>
        ))}
      </div>
    </>
  );
};

/** The card, asked for by whoever takes the cards of this shop. */
export const CardFields = ({ total, onReady }: CardFieldsProps) => {
  const { checkout } = useBuyingMessages();
  const { data: settings } = useQuery(settingsQuery);
  const waiting = (
    <p className="fine" role="status">
      {checkout.cardLoading}
    </p>
  );
  if (!settings) return waiting;
  // Without an answer to what takes the cards nobody guesses: the answer comes with the page.
  if (!settings.cards) return <MissingCards retry={() => location.reload()} />;
  if (settings.cards.provider === 'sandbox') return <SandboxCards onReady={onReady} />;
  return (
    <Suspense fallback={waiting}>
      <StripeCards publishableKey={settings.cards.publishableKey} total={total} onReady={onReady} />
    </Suspense>
  );
};
