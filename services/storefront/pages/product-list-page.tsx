import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { PageTitle } from '../../site-kit/components/page-title.tsx';
import { Await, Panel } from '../../site-kit/components/states.tsx';
import { isNarrowed, type ProductSearch } from '../api/product-search.ts';
import { productPagesQuery } from '../api/queries.ts';
import { CardSkeletons, ProductCard } from '../components/catalogue/product-card.tsx';
import { ProductFilters } from '../components/catalogue/product-filters.tsx';
import { Shelf } from '../components/catalogue/shelf.tsx';
import { useMessages } from '../messages/language.tsx';

const route = getRouteApi('/products');

/** Nothing matches: the ways on, the nearest first. */
const Nothing = ({ search }: { readonly search: ProductSearch }) => {
  const { home, products } = useMessages();
  return (
    <>
      <Panel title={products.empty} text={isNarrowed(search) ? products.emptyFilters : products.emptyText}>
        {isNarrowed(search) && (
          <Link to="/products" search={{ q: search.q, sort: search.sort }} className="button">
            {products.withoutFilters}
          </Link>
        )}
        <Link to="/products" search={{}} className={isNarrowed(search) ? 'button quiet' : 'button'}>
          {products.clear}
        </Link>
      </Panel>
      <Shelf title={home.newest} search={{ sort: 'newest' }} />
    </>
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
      <h1 dir="auto">{title}</h1>
      <ProductFilters search={search} />
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
          if (items.length === 0) return <Nothing search={search} />;
          return (
            <>
              {pages[0]?.isGuess && <p className="notice guess">{products.guess}</p>}
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
