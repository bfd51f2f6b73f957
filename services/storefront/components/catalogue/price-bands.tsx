import { Link } from '@tanstack/react-router';
import type { ProductFacets } from '../../../contracts/http/catalogue/product-search-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import type { ProductSearch } from '../../api/product-search.ts';
import { useMessages } from '../../messages/language.tsx';

export type PriceBandsProps = {
  readonly search: ProductSearch;
  readonly bands: ProductFacets['prices'];
  /** Whether the counts are of everything that matches, and so worth telling. */
  readonly isCounted: boolean;
};

/** Prices that there are, each band a link; the one that is chosen leads back to all of them. */
export const PriceBands = ({ search, bands, isCounted }: PriceBandsProps) => {
  const { products } = useMessages();
  const { money, number } = useFormats();
  return (
    <ul className="chips" aria-label={products.prices}>
      {bands.map(({ currency, from, to, count }) => {
        const isChosen = search.priceMin === (from || undefined) && search.priceMax === to;
        const band = isChosen ? { priceMin: undefined, priceMax: undefined } : { priceMin: from, priceMax: to };
        return (
          <li key={`${currency} ${from}`}>
            <Link to="/products" search={{ ...search, ...band }} className="chip" data-chosen={isChosen || undefined}>
              {isChosen && <span className="visually-hidden">{products.chosen} </span>}
              {`${money({ amount: from, currency })} – ${money({ amount: to, currency })}`}
              {isCounted && <span className="fine">{number(count)}</span>}
            </Link>
          </li>
        );
      })}
    </ul>
  );
};
