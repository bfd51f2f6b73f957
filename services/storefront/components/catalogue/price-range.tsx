import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { minorUnitDecimals } from '../../../kit/values/minor-units.ts';
import type { ProductSearch } from '../../api/product-search.ts';
import { useMessages } from '../../messages/language.tsx';

type PriceFieldProps = {
  readonly label: string;
  readonly name: string;
  /** Decimals of the currency. */
  readonly decimals: number;
  /** Minor units; undefined: no bound. */
  readonly value: number | undefined;
};

const PriceField = ({ label, name, decimals, value }: PriceFieldProps) => {
  const field = useRef<HTMLInputElement>(null);
  const shown = value === undefined ? '' : (value / 10 ** decimals).toFixed(decimals);
  useEffect(() => {
    // The address says what counts, also after the back button.
    if (field.current) field.current.value = shown;
  }, [shown]);
  return (
    <label>
      <span>{label}</span>
      <input
        ref={field}
        type="number"
        name={name}
        min={0}
        step={10 ** -decimals}
        inputMode="decimal"
        defaultValue={shown}
        onBlur={({ target }) => target.form?.requestSubmit()}
      />
    </label>
  );
};

export type PriceRangeProps = {
  readonly search: ProductSearch;
  /** ISO 4217 code of what is typed: bounds are minor units, of whatever currency a product has. */
  readonly currency: string;
};

/** A lowest and a highest price, typed; they count once the field is left, or by Enter. */
export const PriceRange = ({ search, currency }: PriceRangeProps) => {
  const { products } = useMessages();
  const navigate = useNavigate();
  const decimals = minorUnitDecimals(currency);
  const boundOf = (form: FormData, name: string) => {
    const text = String(form.get(name) ?? '');
    return text === '' ? undefined : Math.round(Number(text) * 10 ** decimals);
  };
  return (
    <form
      className="price-range"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const range = { priceMin: boundOf(form, 'from') || undefined, priceMax: boundOf(form, 'to') };
        if (range.priceMin === search.priceMin && range.priceMax === search.priceMax) return;
        void navigate({ to: '/products', search: { ...search, ...range } });
      }}
    >
      <PriceField label={products.priceFrom(currency)} name="from" decimals={decimals} value={search.priceMin} />
      <PriceField label={products.priceTo(currency)} name="to" decimals={decimals} value={search.priceMax} />
      <button type="submit" className="visually-hidden">
        {products.apply}
      </button>
    </form>
  );
};
