import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { ProductSort } from '../../contracts/http/catalogue/product-search-api.ts';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { sorts } from '../api/product-search.ts';
import { categoriesQuery, productPagesQuery } from '../api/queries.ts';
import { CardSkeletons, ProductCard } from '../components/product-card.tsx';
import { useMessages } from '../messages/language.tsx';

const route = getRouteApi('/products');

const Filters = () => {
  const { products } = useMessages();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data } = useQuery(categoriesQuery);
  const names = data?.items.map(({ name }) => name) ?? [];
  const known = search.category === undefined || names.includes(search.category) ? names : [search.category, ...names];
  return (
    <form className="filters" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span>{products.genre}</span>
        <select
          value={search.category ?? ''}
          onChange={({ target: { value } }) =>
            void navigate({ to: '/products', search: { ...search, category: value || undefined } })
          }
        >
          <option value="">{products.everyGenre}</option>
          {known.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{products.sort}</span>
        <select
          value={search.sort ?? sorts[0]}
          onChange={({ target: { value } }) =>
            void navigate({ to: '/products', search: { ...search, sort: value as ProductSort } })
          }
        >
          {sorts.map((sort) => (
            <option key={sort} value={sort}>
              {products.sorts[sort]}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
};

/** All products that match what the address says, page after page. */
export const ProductListPage = () => {
  const { products } = useMessages();
  const search = route.useSearch();
  const query = useInfiniteQuery(productPagesQuery(search));
  const title = search.q === undefined ? (search.category ?? products.title) : products.found(search.q);
  return (
    <>
      <PageTitle text={title} />
      <header className="page-head">
        <h1 dir="auto">{title}</h1>
        <Filters />
      </header>
      <Await
        query={query}
        skeleton={
          <div className="grid">
            <CardSkeletons count={12} />
          </div>
        }
      >
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0)
            return (
              <Panel title={products.empty} text={products.emptyText}>
                <Link to="/products" search={{}} className="button">
                  {products.clear}
                </Link>
              </Panel>
            );
          return (
            <>
              <ul className={query.isPlaceholderData ? 'grid stale' : 'grid'}>
                {items.map((product, at) => (
                  <li key={product.id}>
                    <ProductCard product={product} isFirst={at < 6} />
                  </li>
                ))}
              </ul>
              <div className="more">
                <p role="status" className="fine">
                  {query.hasNextPage ? products.shown(items.length) : products.end}
                </p>
                {query.hasNextPage && (
                  <button
                    type="button"
                    className="button quiet"
                    aria-disabled={query.isFetchingNextPage}
                    onClick={() => void (query.isFetchingNextPage || query.fetchNextPage())}
                  >
                    {products.more}
                  </button>
                )}
              </div>
            </>
          );
        }}
      </Await>
    </>
  );
};
