import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useRef, useState } from 'react';
import type { Money } from '../../../contracts/http/values.ts';
import { Field } from '../../../site-kit/components/field.tsx';
import { SiteForm, textOf } from '../../../site-kit/components/site-form.tsx';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import type { Purchase } from '../../api/payment-attempt.ts';
import { addressesQuery } from '../../api/queries.ts';
import { useBuyingMessages, useMessages } from '../../messages/language.tsx';
import { AddressChoice, chosenAddress } from './address-choice.tsx';
import { CardFields } from './card-fields.tsx';
import { CheckoutProblem } from './checkout-problem.tsx';
import type { TokenOf } from './missing-cards.tsx';

export type CheckoutFormProps = {
  readonly total: Money | null;
  /** Address of the account that buys; undefined for a guest, who is asked for one. */
  readonly email: string | undefined;
  readonly isPaying: boolean;
  /** What the shop refused last; its fields are marked. */
  readonly problem: unknown;
  readonly onPay: (given: Purchase) => void;
};

/** Who buys, where it goes, and by which card. */
export const CheckoutForm = ({ total, email, isPaying, problem, onPay }: CheckoutFormProps) => {
  const { account, checkout } = useBuyingMessages();
  const { shop } = useMessages();
  const { money } = useFormats();
  const tokenOf = useRef<TokenOf>(null);
  const isAsking = useRef(false);
  const [isReady, setReady] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const onReady = useCallback((given: TokenOf | null) => {
    tokenOf.current = given;
    setReady(given !== null);
  }, []);
  const kept = useQuery({ ...addressesQuery, enabled: email !== undefined }).data?.items ?? [];
  /** Asks the card form for a token, once however often it is pressed, and pays with that. */
  const send = async (form: FormData) => {
    if (isPaying || isAsking.current || !tokenOf.current) return;
    isAsking.current = true;
    setRefusal(undefined);
    try {
      const card = await tokenOf.current(form);
      if ('refused' in card) setRefusal(card.refused);
      else
        onPay({
          shippingAddress: chosenAddress(form, kept),
          payment: { method: 'card', token: card.token },
          email: textOf(form, 'email'),
        });
    } finally {
      isAsking.current = false;
    }
  };
  return (
    <SiteForm problem={problem} onSend={(form) => void send(form)}>
      <fieldset>
        <legend>{checkout.contact}</legend>
        {email !== undefined && <p dir="auto">{email}</p>}
        {email === undefined && (
          <>
            <p>
              {account.faster}{' '}
              <Link to="/sign-in" search={{ to: '/checkout' }}>
                {shop.signIn}
              </Link>
            </p>
            <Field label={checkout.email} name="email" type="email" autoComplete="email" maxLength={254} isRequired />
          </>
        )}
      </fieldset>
      <fieldset>
        <legend>{checkout.address}</legend>
        <AddressChoice isCustomer={email !== undefined} />
      </fieldset>
      <fieldset>
        <legend>{checkout.payment}</legend>
        <CardFields total={total} onReady={onReady} />
      </fieldset>
      <CheckoutProblem problem={problem} />
      {refusal !== undefined && (
        <p className="notice bad" role="alert">
          {refusal}
        </p>
      )}
      <button type="submit" className="button large wide" aria-disabled={isPaying || !isReady || total === null}>
        {isPaying ? checkout.paying : checkout.pay(total ? money(total) : '')}
      </button>
    </SiteForm>
  );
};
