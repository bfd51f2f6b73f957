import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Form } from 'react-aria-components';
import { ApiProblem } from '../../contracts/http/ask.ts';
import { countries, withoutCity, withPostalCode } from '../../contracts/http/countries.ts';
import type { Money } from '../../contracts/http/values.ts';
import type { Purchase } from '../api/payment-attempt.ts';
import { useBuyingMessages, useFormats, useMessages } from '../messages/language.tsx';
import { Field } from './field.tsx';

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

/** Country of the reader's locale, if it names one. */
const countryOf = (locale: string): string => {
  const { region } = new Intl.Locale(locale);
  return region && countries.has(region) ? region : '';
};

const CountryField = ({ value, onChange }: { readonly value: string; readonly onChange: (code: string) => void }) => {
  const { checkout } = useBuyingMessages();
  const { locale, country } = useFormats();
  const named = useMemo(() => {
    const sorted = new Intl.Collator(locale);
    return [...countries]
      .map((code) => ({ code, name: country(code) }))
      .toSorted((one, other) => sorted.compare(one.name, other.name));
  }, [locale, country]);
  return (
    <div className="field">
      <label htmlFor="country">{checkout.country}</label>
      <select
        id="country"
        name="shippingAddress.country"
        autoComplete="country"
        required
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">{checkout.choose}</option>
        {named.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
};

const purchaseOf = (form: FormData): Purchase => {
  const text = (name: string) => String(form.get(name) ?? '').trim() || undefined;
  const address = Object.fromEntries(
    (['name', 'street', 'line2', 'zip', 'city', 'state', 'country'] as const).flatMap((name) => {
      const value = text(`shippingAddress.${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    shippingAddress: address as Purchase['shippingAddress'],
    payment: { method: 'card', token: text('payment.token') ?? '' },
    email: text('email'),
  };
};

/** What the shop refused, by the name of the field. */
const errorsOf = (problem: unknown): Record<string, string> =>
  problem instanceof ApiProblem
    ? Object.fromEntries((problem.problem?.errors ?? []).map(({ path, message }) => [path, message]))
    : {};

/** Who buys, where it goes, and by which card. */
export const CheckoutForm = ({ total, email, isPaying, problem, onPay }: CheckoutFormProps) => {
  const { account, checkout } = useBuyingMessages();
  const { shop } = useMessages();
  const { money, locale } = useFormats();
  const [country, setCountry] = useState(() => countryOf(locale));
  const errors = useMemo(() => errorsOf(problem), [problem]);
  return (
    <Form
      className="form"
      validationErrors={errors}
      onSubmit={(event) => {
        event.preventDefault();
        onPay(purchaseOf(new FormData(event.currentTarget)));
      }}
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
        <Field label={checkout.name} name="shippingAddress.name" autoComplete="name" maxLength={120} isRequired />
        <Field
          label={checkout.street}
          name="shippingAddress.street"
          autoComplete="address-line1"
          maxLength={200}
          isRequired
        />
        <Field label={checkout.line2} name="shippingAddress.line2" autoComplete="address-line2" maxLength={200} />
        <Field
          label={checkout.zip}
          name="shippingAddress.zip"
          autoComplete="postal-code"
          maxLength={20}
          isRequired={withPostalCode.has(country)}
          width="half"
        />
        <Field
          label={checkout.city}
          name="shippingAddress.city"
          autoComplete="address-level2"
          maxLength={120}
          isRequired={!withoutCity.has(country)}
          width="half"
        />
        <Field label={checkout.state} name="shippingAddress.state" autoComplete="address-level1" maxLength={120} />
        <CountryField value={country} onChange={setCountry} />
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
      <button type="submit" className="button large wide" aria-disabled={isPaying || total === null}>
        {isPaying ? checkout.paying : checkout.pay(total ? money(total) : '')}
      </button>
    </Form>
  );
};
