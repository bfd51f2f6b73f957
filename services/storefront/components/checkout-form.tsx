import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Money } from '../../contracts/http/values.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { SiteForm, textOf } from '../../site-kit/components/site-form.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import type { Purchase } from '../api/payment-attempt.ts';
import { addressesQuery } from '../api/queries.ts';
import { useBuyingMessages, useMessages } from '../messages/language.tsx';
import { AddressChoice, chosenAddress } from './address-choice.tsx';
import { CheckoutProblem } from './checkout-problem.tsx';

export type CheckoutFormProps = {
  readonly total: Money | null;
  /** Address of the account that buys; undefined for a guest, who is asked for one. */
  readonly email: string | undefined;
  readonly isPaying: boolean;
  /** What the shop refused last; its fields are marked. */
  readonly problem: unknown;
  readonly onPay: (given: Purchase) => void;
};

const cards = ['tok_visa', 'tok_declined', 'tok_insufficient'] as const;

/** Who buys, where it goes, and by which card. */
export const CheckoutForm = ({ total, email, isPaying, problem, onPay }: CheckoutFormProps) => {
  const { account, checkout } = useBuyingMessages();
  const { shop } = useMessages();
  const { money } = useFormats();
  const kept = useQuery({ ...addressesQuery, enabled: email !== undefined }).data?.items ?? [];
  return (
    <SiteForm
      problem={problem}
      onSend={(form) =>
        onPay({
          shippingAddress: chosenAddress(form, kept),
          payment: { method: 'card', token: textOf(form, 'payment.token') ?? '' },
          email: textOf(form, 'email'),
        })
      }
    >
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
        <p className="fine">{checkout.sandbox}</p>
        <div className="cards">
          {cards.map((token, at) => (
            <label key={token} className="card-choice">
              <input type="radio" name="payment.token" value={token} defaultChecked={at === 0} />
              <span>{checkout.cards[token]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <CheckoutProblem problem={problem} />
      <button type="submit" className="button large wide" aria-disabled={isPaying || total === null}>
        {isPaying ? checkout.paying : checkout.pay(total ? money(total) : '')}
      </button>
    </SiteForm>
  );
};
