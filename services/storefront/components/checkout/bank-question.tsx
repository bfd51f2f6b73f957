import { useCallback, useEffect, useRef, useState } from 'react';
import { openStripe } from '../../api/stripe-form.ts';
import { useBuyingMessages, useLanguage } from '../../messages/language.tsx';
import { MissingCards } from './missing-cards.tsx';

export type BankQuestionProps = {
  readonly publishableKey: string;
  readonly clientSecret: string;
  /** The bank has been answered, in one way or another: the shop knows how. */
  readonly onAnswered: () => Promise<unknown>;
};

/** What a buyer answers the bank, who asks above this page; asked at once, and again when the reader wants to. */
export const BankQuestion = ({ publishableKey, clientSecret, onAnswered }: BankQuestionProps) => {
  const { order } = useBuyingMessages();
  const { language } = useLanguage();
  const [state, setState] = useState<'asking' | 'left' | 'missing'>('asking');
  const isAsking = useRef(false);

  const ask = useCallback(async () => {
    if (isAsking.current) return;
    isAsking.current = true;
    setState('asking');
    try {
      const stripe = await openStripe(publishableKey, language);
      // What it answers is the browser's word; the shop asks Stripe itself.
      await stripe.handleNextAction({ clientSecret });
      await onAnswered();
      setState('left');
    } catch {
      setState('missing');
    } finally {
      isAsking.current = false;
    }
  }, [publishableKey, clientSecret, language, onAnswered]);

  useEffect(() => void ask(), [ask]);

  if (state === 'missing') return <MissingCards retry={() => void ask()} />;
  return (
    <section className="notice" aria-labelledby="bank-asks">
      <h2 id="bank-asks">{order.bankAsks}</h2>
      <p>{order.bankAsksText}</p>
      {state === 'asking' && (
        <p className="fine" role="status">
          {order.bankOpen}
        </p>
      )}
      {state === 'left' && (
        <p className="panel-actions">
          <button type="button" className="button" onClick={() => void ask()}>
            {order.bankAnswer}
          </button>
        </p>
      )}
    </section>
  );
};
