import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ProductSort } from '../../../contracts/http/catalogue/product-search-api.ts';
import { useFormats } from '../../../site-kit/messages/site-words.tsx';
import { isNarrowed, type ProductSearch, sortsOf } from '../../api/product-search.ts';
import { categoriesQuery, facetsQuery } from '../../api/queries.ts';
import { useMessages } from '../../messages/language.tsx';
import { PriceBands } from './price-bands.tsx';
import { PriceRange } from './price-range.tsx';

type FilterProps = { readonly search: ProductSearch; readonly onChange: (change: ProductSearch) => void };

/** Every category that there is, and how many of what matches each has, where that is known. */
const CategoryFilter = ({ search, onChange }: FilterProps) => {
  const { products } = useMessages();
  const { number } = useFormats();
  const { data } = useQuery(categoriesQuery);
  const { data: facets } = useQuery(facetsQuery(search));
  const counts = new Map(facets?.isComplete ? facets.categories.map(({ value, count }) => [value, count]) : []);
  const names = data?.items.map(({ name }) => name) ?? [];
  const known = search.category === undefined || names.includes(search.category) ? names : [search.category, ...names];
  const labelOf = (name: string) => {
    const count = counts.get(name);
    return count === undefined ? name : `${name} (${number(count)})`;
  };
  return (
    <label>
      <span>{products.genre}</span>
      <select
        value={search.category ?? ''}
        onChange={({ target: { value } }) => onChange({ category: value || undefined })}
      >
        <option value="">{products.everyGenre}</option>
        {known.map((name) => (
          <option key={name} value={name}>
            {labelOf(name)}
          </option>
        ))}
      </select>
    </label>
  );
};

const SortChoice = ({ search, onChange }: FilterProps) => {
  const { products } = useMessages();
  const sorts = sortsOf(search);
  return (
    <label>
      <span>{products.sort}</span>
      <select
        value={search.sort ?? sorts[0]}
        onChange={({ target: { value } }) => onChange({ sort: value as ProductSort })}
      >
        {sorts.map((sort) => (
          <option key={sort} value={sort}>
            {products.sorts[sort]}
          </option>
        ))}
      </select>
    </label>
  );
};

/** What narrows the list, and how many there are; each choice is an address of its own, so that the back button undoes it. */
export const ProductFilters = ({ search }: { readonly search: ProductSearch }) => {
  const { products } = useMessages();
  const { number } = useFormats();
  const navigate = useNavigate();
  const { data: facets } = useQuery(facetsQuery(search));
  const onChange = (change: ProductSearch) => void navigate({ to: '/products', search: { ...search, ...change } });
  return (
    <section className="product-filters" aria-label={products.filters}>
      <div className="filter-fields">
        <CategoryFilter search={search} onChange={onChange} />
        <SortChoice search={search} onChange={onChange} />
        {facets && <PriceRange search={search} currency={facets.prices[0]?.currency ?? 'USD'} />}
      </div>
      <div className="chips-place">
        {facets && <PriceBands search={search} bands={facets.prices} isCounted={facets.isComplete} />}
      </div>
      <div className="filters-end">
        <label className="check">
          <input
            type="checkbox"
            checked={search.inStock === true}
            onChange={({ target: { checked } }) => onChange({ inStock: checked || undefined })}
          />
          <span>{products.inStock}</span>
          {facets?.isComplete && <span className="fine">({number(facets.inStock)})</span>}
        </label>
        <p role="status" className="fine">
          {facets && (facets.isComplete ? products.count(facets.counted) : products.moreThan(facets.counted))}
        </p>
        {isNarrowed(search) && (
          <Link to="/products" search={{ q: search.q, sort: search.sort }} className="quiet-link underlined">
            {products.withoutFilters}
          </Link>
        )}
      </div>
    </section>
  );
};
