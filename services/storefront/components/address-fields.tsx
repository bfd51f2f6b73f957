import { useMemo, useState } from 'react';
import { countries, withoutCity, withPostalCode } from '../../contracts/http/countries.ts';
import type { Address } from '../../contracts/http/postal-address.ts';
import { Field } from '../../site-kit/components/field.tsx';
import { textOf } from '../../site-kit/components/site-form.tsx';
import { useFormats } from '../../site-kit/messages/site-words.tsx';
import { useBuyingMessages } from '../messages/language.tsx';

/** Country of the reader's locale, if it names one. */
const countryOf = (locale: string): string => {
  const { region } = new Intl.Locale(locale);
  return region && countries.has(region) ? region : '';
};

type CountryFieldProps = {
  readonly name: string;
  readonly value: string;
  readonly onChange: (code: string) => void;
};

const CountryField = ({ name, value, onChange }: CountryFieldProps) => {
  const { address } = useBuyingMessages();
  const { locale, country } = useFormats();
  const named = useMemo(() => {
    const sorted = new Intl.Collator(locale);
    return [...countries]
      .map((code) => ({ code, name: country(code) }))
      .toSorted((one, other) => sorted.compare(one.name, other.name));
  }, [locale, country]);
  return (
    <div className="field">
      <label htmlFor="country">{address.country}</label>
      <select
        id="country"
        name={name}
        autoComplete="country"
        required
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        <option value="">{address.choose}</option>
        {named.map(({ code, name: country }) => (
          <option key={code} value={code}>
            {country}
          </option>
        ))}
      </select>
    </div>
  );
};

/** An address from a form whose fields are named `<prefix>.street` and so on. */
export const addressOf = (form: FormData, prefix: string): Address =>
  Object.fromEntries(
    (['name', 'street', 'line2', 'zip', 'city', 'state', 'country'] as const).flatMap((name) => {
      const value = textOf(form, `${prefix}.${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  ) as Address;

/** The fields of one address; what a country can do without is not asked of it. `prefix` is where the shop's doors have it. */
export const AddressFields = ({ prefix }: { readonly prefix: string }) => {
  const { address } = useBuyingMessages();
  const { locale } = useFormats();
  const [country, setCountry] = useState(() => countryOf(locale));
  return (
    <>
      <Field label={address.name} name={`${prefix}.name`} autoComplete="name" maxLength={120} isRequired />
      <Field label={address.street} name={`${prefix}.street`} autoComplete="address-line1" maxLength={200} isRequired />
      <Field label={address.line2} name={`${prefix}.line2`} autoComplete="address-line2" maxLength={200} />
      <Field
        label={address.zip}
        name={`${prefix}.zip`}
        autoComplete="postal-code"
        maxLength={20}
        isRequired={withPostalCode.has(country)}
        width="half"
      />
      <Field
        label={address.city}
        name={`${prefix}.city`}
        autoComplete="address-level2"
        maxLength={120}
        isRequired={!withoutCity.has(country)}
        width="half"
      />
      <Field label={address.state} name={`${prefix}.state`} autoComplete="address-level1" maxLength={120} />
      <CountryField name={`${prefix}.country`} value={country} onChange={setCountry} />
    </>
  );
};
